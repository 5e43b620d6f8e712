"""What the events about a shared link say in plain words, to both schools. Pure."""

from portal.errors import N_

MOST = 300  # events on a page: more than six weeks of work with one school
# action -> what was done; who did it stands before it.
SAID = {
    "links:ask:again": N_("took an action up again"),
    "links:ask:again-by-us": N_("asked a declined action again"),
    "links:ask:answer-date": N_("answered to another date for an action"),
    "links:ask:date": N_("proposed another date for an action"),
    "links:ask:declined": N_("declined an action"),
    "links:ask:done": N_("ticked off an action"),
    "links:ask:make": N_("asked for an action"),
    "links:ask:move": N_("moved the asked actions to a new link"),
    "links:ask:own": N_("added an action of their own"),
    "links:ask:plan": N_("chose another time for an action"),
    "links:ask:remind": N_("reminded of an action"),
    "links:ask:take-over": N_("took over a declined action"),
    "links:code:change": N_("made a new code; the old one opens nothing any more"),
    "links:code:read": N_("looked at the code to tell it"),
    "links:colleague:approve": N_("approved a colleague"),
    "links:colleague:end": N_("ended the link of a colleague"),
    "links:colleague:propose": N_("proposed a colleague"),
    "links:colleague:refuse": N_("did not approve a colleague"),
    "links:draft:begin": N_("began a link"),
    "links:draft:remove": N_("threw a link away before it was sent"),
    "links:draft:write": N_("worked on a link before it was sent"),
    "links:feedback:ask": N_("asked how the cooperation went"),
    "links:feedback:give": N_("said how the cooperation went"),
    "links:link:accept": N_("takes part"),
    "links:link:decline": N_("declined to take part"),
    "links:link:die": N_("closed the link after too many wrong codes"),
    "links:link:renew": N_("made the link last longer"),
    "links:link:revoke": N_("revoked the link"),
    "links:link:send": N_("sent the link"),
    "links:message:read": N_("read the messages"),
    "links:message:send": N_("sent a message"),
    "links:page:download": N_("downloaded what was shared"),
    "links:page:print": N_("opened the page to print it"),
    "links:page:read": N_("read what was shared"),
    "links:share:change": N_("changed what is shared"),
    "links:statement:answer": N_("answered to a statement"),
    "links:statement:lay": N_("put forward a statement of their own"),
    "links:statement:offer": N_("put the statement forward"),
    "links:trail:read": N_("looked who did and read what"),
    "links:visit:begin": N_("opened the page with the code"),
    "links:visit:end": N_("closed the page"),
    "links:visit:refuse": N_("typed a wrong code"),
    "links:worry:report": N_("reported a worry"),
}
# What a link was before it was sent, and who of us looks at this page, is no matter of the other school.
OURS = ("links:draft:begin", "links:draft:remove", "links:draft:write", "links:trail:read")
NOBODY = ("links:visit:refuse",)  # done by who cannot be known
