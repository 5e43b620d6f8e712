// data-copy="id": puts the text of that element on the clipboard; where that is refused, selects it.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    const text = button && document.getElementById(button.dataset.copy);
    if (!text) return;
    const say = (words) => { button.nextElementSibling.textContent = words; };
    const select = () => getSelection().selectAllChildren(text);
    say("");
    if (!navigator.clipboard) select();
    else navigator.clipboard.writeText(text.textContent.trim()).then(() => say(button.dataset.done), select);
  });
})();
