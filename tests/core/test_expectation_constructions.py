"""Is the direction read in the many ways in which English sets an outcome against what was expected?

One short sentence or two for each way of saying it, written for this project.
"""

from __future__ import annotations

import pytest

from feedbackloop.records import Text
from feedbackloop.understanding.expectation import finding as expectation
from feedbackloop.understanding.expectation.confidence import calibrated
from feedbackloop.understanding.expectation.reading import hits
from feedbackloop.understanding.lexicon.text import normalised

WORSE = [
    "Was told two hours. It's been five.",
    "Got told it'd be ready Tuesday, it's Thursday and nobody picks up.",
    'We keep being told it\'ll be fixed "soon" yet nothing changes.',
    "Every time I call they tell me it's on its way and it never shows up.",
    "Rep says 48hrs, that was 9 days ago.",
    "Rep said 48 hours; 9 days later I am still locked out.",
    "He made it sound like the upgrade was free. It wasn't.",
    "Allegedly nonstick, everything sticks.",
    "In the photos the dress is navy. Mine came purple.",
    "Nothing like the picture.",
    "The color was way off from the listing.",
    "Despite having a reservation we waited 50 minutes.",
    "Even with a reservation we stood at the bar for an hour.",
    "It's a week past the delivery date and still no sign of my couch.",
    "I'm a platinum member and was denied lounge access.",
    "As a gold member I should get free bags, yet I was charged $35.",
    "For a five star hotel the breakfast was a joke.",
    "For a place that calls itself a steakhouse, the steak was shoe leather.",
    "Nobody should wait 90 minutes for a pizza.",
    "There's no excuse for a 3 hour wait with an appointment.",
    "There should be more than one cashier on a Saturday.",
    "A decent restaurant would have comped the meal.",
    "Wish they had mentioned the resort fee before we booked.",
    "We counted on you for our wedding and you let us down.",
    "I trusted them to ship it carefully and it came in pieces.",
    "After all the glowing reviews I was let down.",
    "Based on the reviews we were expecting something special, it was mediocre at best.",
    "Everyone raves about the ramen, I found it watery.",
    "Don't believe the hype.",
    "Not worth the hype.",
    "This place used to be our favorite, not anymore.",
    "The portions used to be huge, now they're tiny.",
    "Service has gone downhill since the new owners took over.",
    "Quality isn't what it used to be.",
    "Last time the room was spotless; this time there was hair in the tub.",
    "In previous years they threw in free parking, this year it was $30.",
    "It used to take two days, now it takes ten.",
    "I've flown with them for years without a hitch until today.",
    "They no longer offer the senior discount we came for.",
    "Ordered a large, got a small.",
    "Asked for no onions and there were onions all over it.",
    "Ordered two, received one.",
    "Paid for overnight, got it five days later.",
    "Paid extra for a window seat and they stuck me in the middle.",
    "I requested a ground floor room and was put on the 9th.",
    "Wrong size, wrong color.",
    "They sent the wrong charger.",
    "Half my order was missing.",
    "One of the two bags never made it.",
    "The set was missing four screws.",
    "Came without the charger that's listed in the description.",
    "Still no refund after being promised one in March.",
    "I have yet to receive the refund they promised.",
    "Shipping took twice as long as stated.",
    "Took three times longer than quoted.",
    "It cost me double what they quoted.",
    "They charged me $50 more than agreed.",
    "We were seated 40 minutes after our reservation time.",
    "One rep said it was refundable, the next said it wasn't.",
    "Online it says available, in the store they said discontinued.",
    "Each agent gives me a different answer.",
    "They cancelled my order without telling me after confirming it twice.",
    "Won't honor their own price guarantee.",
    "They backed out of the agreement.",
    "They reneged on the upgrade.",
    "Sold to me as genuine leather, it's plastic.",
    "Contrary to the listing, no parking is available.",
    "Unlike what the website states, pets aren't allowed.",
    "We did not get what we paid for.",
    "Smaller than it looks online.",
    "To my surprise the hotel had no record of my booking.",
    "Little did I know the fee was non refundable.",
    "@united 3 hour delay turned into a cancellation",
    "The buffet we paid $40 for had nothing left by 8pm.",
    "Came for the famous pancakes and got something out of a box mix.",
    "The replacement they sent had the very same defect.",
    "Comcast tech never showed for the 1-3 window, second time this week.",
    "They agreed to remove the late fee yet it shows up on every statement.",
    "The bonus was $300 for opening the account, I met all requirements and got nothing.",
    "Free breakfast turned out to be a granola bar.",
    'A "5 minute walk to the beach" is really 25.',
    "Signed up for the free tier and was billed on day one.",
    "Your driver marked my parcel as delivered. It is nowhere.",
    "The seats looked way bigger in the pictures.",
    "Why advertise a sale if nothing is on sale?",
    "Isn't the warranty supposed to cover this?",
    "I did everything they asked and they still denied my claim.",
    "@USAirways been on hold for an hr and a half. Your message said 20 mins.",
    "@united why did I pay for economy plus if you're going to move me to a middle seat",
    "@SouthwestAir I have A-list and yet I boarded with group C",
    '@united how is a 3 hour delay "on time"?',
    "Seat would not recline, which for a 10 hour flight in business is not acceptable.",
    "For the price we paid I would have expected at least a blanket.",
    "Having paid a premium for extra legroom we were very disappointed to be squeezed in.",
    "@TMobile I switched for the promo and now you say I don't qualify",
    "the ad for this burger vs what they handed me, lol",
    "this was sold as new but had scratches all over.",
    "The landlord agreed to paint before we moved in but the walls are still filthy.",
    "The tutor cancelled ten minutes before the lesson even though we'd prepaid.",
    "We got six of the eight chairs we paid for.",
    "Five star reviews everywhere but the place was filthy.",
    "As a loyal customer of 15 years I deserve better than this.",
    "For a premium brand the stitching came apart fast.",
    "I was quoted one price on the phone and charged another in store.",
    "I've never had a problem until this order.",
]
BETTER = [
    "Wasn't expecting much from an airport restaurant, but wow.",
    "I had low expectations but the burger was amazing.",
    "Blew my expectations out of the water.",
    "So much better than I remembered.",
    "It came in under budget.",
    "I usually hate flying but this was lovely.",
    "For a budget airline, surprisingly comfy.",
    "The flight was far better than I had been led to believe by the reviews.",
]
MET = [
    "True to size.",
    "They stuck to the quoted price.",
    "Did not disappoint.",
    "Never disappoints.",
    "As good as ever.",
    "Still as good as I remember.",
    "Consistent with the description.",
    "They kept their promise and refunded me within the week.",
    "Battery lasts the full 10 hours they claim.",
    "fits just as it should.",
]
ORDINARY = [
    "I'll be visiting again next week.",
    "Can you tell me when my order will ship?",
    "The waiter told us about the specials.",
    "My husband said the soup was good.",
    "I told them I would think about it.",
    "She said her name was Anna.",
    "Please confirm my seat for tomorrow.",
    "We ordered the tacos and a pitcher of beer.",
    "They asked for my account number.",
    "The manager said he was sorry.",
    "I thought the music was a bit loud.",
    "What time should I be at the gate?",
    "I booked a room for Friday.",
    "I bought this for my son's birthday.",
    "It is the best phone I have owned.",
    "You should try the salmon.",
    "He told me to call the main office.",
    "I was informed that my application was declined.",
    "I just got a new phone and I love it.",
    "They said my card was declined because of the address.",
    "The plumber said he would come on Friday.",
    "We were told about the museum by a friend.",
    "I asked for a table near the window.",
    "My daughter thought the show was funny.",
    "The bank asked me to send a copy of my passport.",
    "I ordered the soup and my wife had the steak.",
    "They told me to fill in form B.",
    "The bus was crowded and it smelled.",
    "How long should delivery take?",
    "The doctor said I have the flu.",
    "The hotel offers breakfast and parking.",
    "I usually go there on Tuesdays.",
    "She informed me that the office is closed on Sundays.",
    "I wanted to return a pair of shoes.",
    "The staff were rude and the food was cold.",
    "It took forever to get a drink.",
    "I said I would not be coming back.",
    "My claim was denied because the form was incomplete.",
    "The room was small but clean.",
    "We hope to visit again soon.",
    "I looked around for a waiter only to see all of them chatting.",
    "I bought the radio in March, had a look at the manual, and the weather was wrong for a walk.",
    "How was I supposed to know that? She had no idea.",
    "The terms say I owe the bank a fee, and it is not clear to me why.",
    "I can't say whether the new one will be better, but this one is not for me.",
    "We used to live near the sea and had a boat.",
    "The minimum payment due was $40, I was ill that week, and sent $35.",
]
APART = [
    # What is told afterwards is another matter: no word in common, and nothing is answered.
    "They said they would look into the fee, but by then I was annoyed, and my sister was tired.",
    "The manager told us we could pay at the end, but the music was awful, and we left.",
    "She said the parts would be cheap. However, my sister found the waiting room dirty, and cold.",
    "They agreed to paint the hall. Then my sister fell ill, and the year was terrible for us.",
]
OF_IT = [
    # A shared word, an answer ("never did", "nobody wrote"): they come before what only sounds like an outcome.
    "They said they would refund the fee, but when I rang, the refund was missing.",
    "They told me someone would call, but when I rang again, they never did.",
    "I was told 5 days. Two weeks went by, and nobody wrote.",
]


def direction(words):
    found = expectation.find(Text(id="1", text=words, language="en"), {})
    return next((one.direction for one in found if one.direction), None)


@pytest.mark.parametrize("words", WORSE)
def test_what_falls_short_is_worse(words):
    assert direction(words) == "worse"


@pytest.mark.parametrize("words", BETTER)
def test_what_goes_beyond_is_better(words):
    assert direction(words) == "better"


@pytest.mark.parametrize("words", MET)
def test_what_is_as_it_was_said_is_met(words):
    assert direction(words) == "met"


@pytest.mark.parametrize("words", ORDINARY)
def test_reports_orders_and_opinions_alone_are_no_expectations(words):
    assert direction(words) is None


@pytest.mark.parametrize("words", APART)
def test_an_outcome_that_is_not_of_what_was_said_is_hardly_sure(words):
    found = expectation.find(Text(id="1", text=words, language="en"), {})
    assert all(one.confidence < 0.3 for one in found if one.direction)


@pytest.mark.parametrize("words", OF_IT)
def test_an_outcome_of_what_was_said_is_one(words):
    assert direction(words) == "worse"


def test_what_is_hardly_ever_right_is_not_told():
    # "they said" with an outcome of something else: right in one of seven plain texts
    assert direction("They told me they would call. I went out, the rain was terrible, and the queue was long.") is None


@pytest.mark.parametrize(
    ("words", "measured"),
    [
        ("They said it would take two days, but it took nine days.", True),
        ("They said it would be at 3pm, but he came at 5pm.", True),
        ("They said it would cost $20, but it was $90.", False),  # of money many amounts stand in one account
        ("They said it would be clean, but it was dirty.", False),
    ],
)
def test_two_times_held_against_each_other_make_a_finding_surer(words, measured):
    ready = normalised(words, "en")
    hit = expectation.surest(hits(ready, "en"))[0]
    assert expectation.is_measured(expectation.compared(ready, hit, "en")) is measured
    (found,) = expectation.find(Text(id="1", text=words, language="en"), {})
    plain = calibrated(hit.cue, hit.score, "en")
    assert (found.confidence > plain) if measured else (found.confidence == plain)
