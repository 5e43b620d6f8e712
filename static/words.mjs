// Compiles the word list of the leak check: one sorted file of words from the Dutch and English dictionaries. It
// stands beside static/build, for what stands in there is served to everybody.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "words");

// Only what is written with small letters: 'Jansen' stands in a dictionary too, and is no word. Flags of two letters
// say of a Dutch entry that it is wrong (Fw) or only a piece of a longer word (Cx).
function words(name) {
  const entries = readFileSync(join(here, "..", "node_modules", `dictionary-${name}`, "index.dic"), "utf8").split("\n");
  return entries.slice(1).flatMap((entry) => {
    const [word, flags = ""] = entry.trim().split("/");
    const wrong = name === "nl" && (flags.match(/../g) ?? []).some((flag) => flag === "Fw" || flag === "Cx");
    const plain = word.normalize("NFKD").replace(/\p{M}/gu, "");
    return !wrong && /^[a-z]{2,}$/.test(plain) ? [plain] : [];
  });
}

export function compileWords() {
  const all = [...new Set([...words("nl"), ...words("en")])].sort();
  if (all.length < 100_000) throw new Error(`only ${all.length} words were found in the dictionaries`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "words.list.new"), `\n${all.join("\n")}\n`);
  renameSync(join(out, "words.list.new"), join(out, "words.list"));
}
