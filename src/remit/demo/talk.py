"""The texts of calls, e-mails, meetings, notes and tasks: sentences by stage with slots from the deal.

Slots: first (their person), firm, rep, product, topic, need, quote (what they said), rival, today (their system now),
price (yearly amount), date (a day soon), city.
"""

from __future__ import annotations

from typing import Final

CALL: Final = {
    "qualification": (
        "Spoke with {first}. {quote}",
        "They run {today} and are not unhappy with it, but too much time goes into {topic}.",
        "{first} asked who else of their size uses {product}.",
        "Budget round is before {date}; {first} will know more after it.",
        "Wants to see {need} before talking about anything else.",
        "Team in {city} decides, procurement only at the end.",
    ),
    "discovery": (
        "{first} confirmed that {topic} is on the list for this year.",
        "Success for them: {need}, measured over one month-end.",
        "They also look at {rival}; first impression there was mixed.",
        "Signs: the COO. {first} carries it, but cannot sign.",
        "Asked for two references of the same strategy.",
        "They said: «{quote}»",
    ),
    "evaluation": (
        "Trial in its second week, {topic} first: works with their own orders.",
        "Two open points: the FIX session to their second broker, and user rights.",
        "{first} is content with speed; their engineers want the API documents.",
        "Compared with {today}, the desk saves about an hour a day on {topic}.",
        "Security questionnaire went back with three questions on access logs.",
    ),
    "proposal": (
        "Walked {first} through the quote of {price} a year. No shock, but they want it split by fund.",
        "Asked what happens to the price when two users are added in the year.",
        "{rival} is said to be cheaper; {first} does not trust the delivery date.",
        "They want the reference call before {date}.",
        "Proposal is with the COO; {first} expects questions on the exit clause.",
    ),
    "negotiation": (
        "Legal is down to liability and the notice period.",
        "{first} asks for payment by quarter. Deal desk to say.",
        "They expect to sign by {date} if the order form is clean.",
        "Price is agreed at {price} a year; the term is not.",
        "{rival} made a last offer. {first} says it changes nothing.",
    ),
}
OUT: Final = {
    "qualification": (
        "Thank you for the time today. You mentioned {topic}; I have put a page together on how {product} handles it.",
        "Could we take thirty minutes before {date} with whoever owns {topic} at {firm}?",
        "You said: «{quote}» That is the part I would like to show first.",
    ),
    "discovery": (
        "As agreed, here is what we would measure in a trial: {need}, over one full month.",
        "Who besides you would need to be content before {firm} can decide?",
        "I have asked two customers with your strategy whether they would take a call.",
    ),
    "evaluation": (
        "The trial environment is ready; your logins follow by separate mail.",
        "Our engineer can join your desk on {date} for the first live orders.",
        "The answers to the security questionnaire are attached, with the two open points marked.",
    ),
    "proposal": (
        "The quote for {product} is attached: {price} a year, all users included.",
        "I have split the price by fund as you asked.",
        "Shall we go through the proposal together on {date}?",
    ),
    "negotiation": (
        "Our counsel has accepted your wording in clause 9; clause 14 is the last one open.",
        "The order form with quarterly payment is attached.",
        "Is {date} still good for signature on your side?",
    ),
}
IN: Final = {
    "qualification": (
        "Happy to talk. We do lose time on {topic}.",
        "Not this month, we are in the middle of the audit. Try me after {date}.",
        "Please send something short, I will pass it on.",
    ),
    "discovery": (
        "That works. Please add our head of operations to the invitation.",
        "We would want to see {need} with our own data.",
        "To be open: we are also talking to {rival}.",
    ),
    "evaluation": (
        "The desk likes it. One question on permissions, see below.",
        "We hit an error when the second broker session reconnects; log attached.",
        "Can we extend the trial by a week? Month-end got in the way.",
    ),
    "proposal": (
        "Thanks, received. {price} is above what I had in mind, but let me take it to the COO.",
        "Please split the price by fund and resend.",
        "We need the reference call first.",
    ),
    "negotiation": (
        "Our lawyers have one more point on liability. Call on {date}?",
        "Agreed on price. Please send the final order form.",
        "We need payment by quarter, otherwise this waits for the next budget.",
    ),
}
MEETING: Final = {
    "qualification": "First meeting with {first} at {firm} in {city}. Today: {today}. What hurts: {topic}. They said: «{quote}» What they want: {need}.",
    "discovery": "Met {first} and the operations team. Agreed to measure {need}. Decision by the COO. Also looked at: {rival}. Next: trial from {date}.",
    "evaluation": "Trial review with {first}. Passed: {topic}. Open: second broker session, user rights. {first} will speak for us inside.",
    "proposal": "Presented the proposal for {product} at {price} a year. Questions on term and exit. Reference call by {date}.",
    "negotiation": "Negotiation with {first} and their counsel. Open: liability cap, payment by quarter. Target for signature {date}.",
}
TASKS: Final = {
    "qualification": ("Send {first} the page on {topic}", "Call {first} about {topic}"),
    "discovery": ("Ask two references for {firm}", "Agree trial measures with {first}"),
    "evaluation": ("Close open trial points with {firm}", "Send API documents to {first}"),
    "proposal": ("Resend quote split by fund to {first}", "Arrange reference call for {firm}"),
    "negotiation": ("Get deal desk on quarterly payment", "Chase {first} for the order form"),
}
SUBJECTS: Final = {
    "qualification": ("{topic} at {firm}", "Following up on {topic}", "Thirty minutes on {topic}?"),
    "discovery": ("Trial measures for {product}", "Next steps, {firm} and Northlake"),
    "evaluation": ("{product} trial", "Trial of {product}: open points"),
    "proposal": ("Quote for {product}", "Proposal, {firm}"),
    "negotiation": ("Order form, {product}", "Contract points, {firm}"),
}
ENDINGS: Final = {
    "won": "Signed. {product} at {firm}, {price} a year. Hand-over to delivery this week.",
    "no decision": "{first} has gone quiet for weeks. Closing as no decision; try again next year.",
    "lost to a competitor": "{firm} has signed with {rival}. {first} named the delivery date as the reason.",
    "price": "Lost on price. {first} would have liked us, the budget would not.",
    "missing function": "Lost: we do not do what they need for {topic} yet.",
    "budget withdrawn": "{firm} has cut the project. {first} apologised.",
    "change of people": "{first} has left {firm}; the successor stops all projects.",
}
GENERAL: Final = (  # kind, direction, subject, body: between deals
    ("call", "out", "Quarterly call", "Quarterly call with {first}. Nothing moves before {date}. {today} stays for now."),
    ("note", None, "Account note", "{firm}: {first} is the way in. The talk always comes back to {topic}. Team sits in {city}."),
    ("email", "out", "{topic} at firms like {firm}", "Dear {first}, other desks of your kind tell us that they lose an hour a day on {topic}. Is that so at {firm}? Regards, {rep}"),
    ("email", "out", "Coffee in {city}?", "Dear {first}, I am in {city} in the week of {date}. Would a coffee suit you? Regards, {rep}"),
    ("call", "out", "No answer", "Tried {first} twice, no answer. Left a message about {topic}."),
    ("meeting", None, "Conference talk", "Met {first} at a conference in {city}. Polite interest in {product}, no project."),
    ("note", None, "Desk change", "{firm} moved its desk within {city}. {today} was renewed for a year, says {first}."),
)  # fmt: skip
COLD_REPLIES: Final = (
    "Please stop here, we are covered.",
    "Interesting. Send me two lines on {topic}?",
    "Not my area; {firm}'s head of operations decides that.",
    "Call me after {date}.",
)
COLD_CLOSINGS: Final = (  # what a rep adds to a text of the writer's
    "Tuesday or Thursday would suit me.",
    "I can come by when I am in town.",
    "Tell me if somebody else looks after this.",
    "Two lines are enough for an answer.",
)
