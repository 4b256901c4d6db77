"""By which wordings do English texts show an expectation?

General constructions, not phrases of one trade: comparison with what was expected, promise and outcome, ordered and received,
belief and fact, past standard and present. Quantifiers are bounded, so that no text makes a pattern slow.
"""

from __future__ import annotations

from functools import cache

from feedbackloop.understanding.expectation_cue import Cue, cue

_THINKER = r"(?:i|we|they|he|she|you|one|anyone|everyone|who|us|wife|husband|friends?|family)"
_EXPECTED = r"(?:expect(?:ed|ing|s)?|thought|anticipated|imagined|hoped|hoping|assumed|predicted)"
_ANNOUNCED = r"(?:promised|advertised|described|pictured|planned|scheduled|stated|shown|quoted|claimed|estimated|listed|booked|ordered)"
_OWN = r"(?:(?:my|our|his|her|their|the|all|any|every|your|everyone's|anyone's|those|customers?'?) )?(?:\w+ )?"


def _compared() -> list[Cue]:
    """Better, worse, as good as what was expected."""
    return [
        cue(
            "than_expected",
            "than|then",
            rf"\b(?:than|then) (?:what |how |the |it |ever |initially |originally )*(?:{_THINKER} |had |was |were |would |'d |have |could |been |ever |first |initially |originally |is |it )*"
            rf"(?:{_EXPECTED}|{_ANNOUNCED}|expectations?|usual)\b",
            decide="than",
            outcome="same",
            whole=False,
            confidence=0.9,
        ),
        cue(
            "exceeded",
            "expectation|hype|imagin",
            rf"\b(?:exceed|surpass|outperform|beat|blew away|above|beyond|over)(?:ed|es|s|ing)?(?: and beyond)?(?: all| any)?(?: of)? {_OWN}(?:expectations?|hype|imagin\w+)",
            decide="better",
            outcome="same",
            whole=False,
            confidence=0.92,
        ),
        cue(
            "met_expectations",
            "live|living|meet|met |match|fulfil|up to",
            rf"\b(?:liv(?:es?|ed|ing) up to|(?:meets?|met|meeting|match(?:es|ed)?|fulfill?(?:s|ed)?|up to)(?: all| with)?(?: of)? (?P<e>{_OWN}(?:expectations?|hype|promises?|descriptions?|reputation)))",
            decide="negatable",
            outcome="same",
            whole=False,
            confidence=0.9,
        ),
        cue(
            "below",
            "below|short of|far from|up to",
            rf"\b(?:below|(?:falls?|fell|falling) (?:far |way |well )?short of|far from|(?:not|n't|nowhere near) up to)(?: all| any)? (?P<e>{_OWN}(?:expectations?|expected|(?<=the )standards?|par\b))",
            decide="worse",
            outcome="same",
            whole=False,
            confidence=0.88,
        ),
        cue(
            "as_expected",
            "as |what|like",
            rf"\b(?P<e>(?:as|what|like|how)(?: {_THINKER}| was| it| it was| is| had| would|'d| have| were| been| has| are| originally| initially| always)*"
            rf" (?:expected|advertised|promised|described|pictured|planned|hoped|anticipated|imagined|claimed|scheduled|agreed|expect|guaranteed))\b(?! (?:by|from) (?:the )?(?:user|client))",
            decide="negatable",
            outcome="same",
            whole=False,
            confidence=0.85,
            veto=r"know(?:ing)? what to expect|what (?:can|should|do|to|did) (?:i|we|you) expect|what (?:you|do you|did you) expect|(?:you|they) can expect",
        ),
        cue(
            "not_as_good",
            "not as |n't as |nearly as",
            rf"(?:not|n't|nowhere near|not nearly) (?:nearly |quite )?as \w+ as (?P<e>(?:{_THINKER} (?:\w+ )?{_EXPECTED}|{_ANNOUNCED}|{_EXPECTED}|before|last time|it (?:was|used)|(?:the|they|their|people|reviews?|everyone) [^,.!?]{{2,40}}))",
            decide="worse",
            outcome="same",
            whole=False,
            confidence=0.85,
        ),
        cue(
            "just_what",
            "what ",
            rf"\b(?:just|exactly|precisely|everything) what (?P<e>{_THINKER} (?:wanted|needed|(?:was|were) looking for|ordered|asked for|hoped for|were after))",
            decide="negatable",
            outcome="same",
            whole=False,
            confidence=0.6,
        ),
        cue(
            "not_what",
            "not |n't ",
            rf"(?:not|n't|nothing like|never) (?:exactly |at all |really )?(?:what|the \w+(?: \w+)?(?: that)?) (?P<e>{_THINKER} (?:ordered|paid for|wanted|asked for|booked|bought|signed up for|requested|{_EXPECTED}))",
            decide="worse",
            outcome="same",
            whole=False,
            confidence=0.85,
        ),
        cue(
            "come_to_expect",
            "to expect",
            r"(?P<e>(?:\w+(?:'ve)? )?(?:have |has )?(?:come|came|learned|learnt|grown) to expect[^,.!?]{0,40})",
            decide="met",
            outcome="same",
            whole=False,
            confidence=0.8,
        ),
        cue(
            "expect_when",
            "expect",
            rf"\bwhat (?:{_THINKER}|any ?one|any one) (?:would|'d|should|could)? ?expect(?: when| from| for| at| of)\b",
            decide="negatable",
            outcome="same",
            whole=False,
            confidence=0.75,
        ),
    ]


def _surprised() -> list[Cue]:
    """The expectation shows itself by being overturned."""
    return [
        cue(
            "pleasantly",
            "surpris",
            r"(?<!un)\b(?:pleasant(?:ly)?|positive(?:ly)?|happily|nice(?:ly)?|wonderful|great|lovely|welcome|delightful(?:ly)?) surpris(?:ed?|es|ing(?:ly)?)",
            decide="better",
            outcome="same",
            whole=False,
            confidence=0.9,
        ),
        cue(
            "unpleasantly",
            "surpris",
            r"\b(?:unpleasant(?:ly)?|nasty|bad|rude|unwelcome|horrible) surpris(?:ed?|es)|\bimagine (?:my|our) surprise|\bto (?:my|our) (?:great |utter |complete )?(?:horror|dismay|disappointment|shock)",
            decide="worse",
            outcome="same",
            whole=False,
            confidence=0.85,
        ),
        cue(
            "surprised",
            "surpris|shocked|astonish|amazed",
            rf"(?:\b{_THINKER}|\b(?:was|were|am|are|be|been|'m|both|quite|very|really|also)|but) (?:\w+ )?(?:surprised|shocked|astonished|amazed) (?:and \w+ |that|to|at|by|how|with|when|about|because)",
            decide="surprise",
            outcome="same",
            whole=False,
            confidence=0.75,
            veto=r"not (?:at all )?surprised|n't (?:be )?surprised|be surprised|would be surprised|not be",
        ),
        cue(
            "did_not_expect",
            "expect|think|thought|imagin",
            rf"(?:{_THINKER} )?(?:(?:did ?n[o']?t|never|had ?n[o']?t|was ?n[o']?t|not|would never have|would ?n[o']?t have)(?: really| ever| even)? (?:expect(?:ed|ing)?|imagined?|think|thought|anticipated?)|unexpected(?:ly)?)\b",
            decide="surprise",
            outcome="same",
            whole=False,
            confidence=0.7,
            veto=r"do(?:n't| not) expect|what (?:did|do) (?:i|you) expect|not expecting|never thought (?:i|i'd|about)|not think (?:i|it|this|that|they|you|we) |did ?n[o']t think (?:about|of|to|much)|unexpected(?:ly)? (?:died|long)",
        ),
        cue(
            "high_hopes",
            "expectation|hopes",
            r"(?P<e>(?:\w+ (?:\w+ )?)?(?:high|low|great|no|any|much) (?:expectations|hopes)(?: (?:for|of|from|about) [^,.!?]{0,40}?)?)(?=[,.!?]| but| and| after|$)",
            decide="surprise",
            outcome="strong",
            whole=False,
            confidence=0.75,
            veto=r"should have|do(?:n't| not) (?:have|get)",
        ),
        cue(
            "expectations_of",
            "expectation",
            r"(?P<e>expectations (?:of|for|from|were|was) [^,.!?]{3,60})",
            decide="surprise",
            outcome="optional",
            whole=False,
            confidence=0.55,
            veto=r"manage|set (?:your|the|my)",
        ),
        cue(
            "expected_from",
            "expected",
            r"(?P<e>(?:\w+ )?(?:expected|expects?|standard) (?:from|of|at|in|for) (?:an? |the |this |such |any )?[^,.!?]{2,40})",
            decide="unmet",
            outcome="same",
            whole=False,
            confidence=0.6,
            veto=r"be expected|is expected (?:to|in|at)|are expected|(?:as|than|what) [\w' ]{0,12}expected|expected (?:at|in) \d",
        ),
    ]


def _believed() -> list[Cue]:
    """Own belief, norm and past standard."""
    return [
        cue(
            "thought",
            "thought|assumed|believed|figured|impression|presumed|believing|thinking|hoping|hoped",
            rf"\b(?:{_THINKER} |(?:was|were|had|have|'d|'ve) |always |just |also |really |first |initially )*(?:thought|assumed|believed|figured|presumed|(?:was|were|am) (?:under the impression|led to believe|thinking|hoping)|hoped)(?: that)? "
            r"(?P<e>(?:(?:i|we|it|this|that|these|they|he|she|you|there|my|our|the|a|an|for|to|his|her|their|with|since|at|buying|getting)\b|it's|i'd|it'd|they'd|we'd)[^,.!?;]{3,120}?)(?=[,.!?;:]| but | and (?:it|they|i|then|now|was|am)\b| yet | however| until | only | turns | then |$)",
            decide="unmet",
            outcome="required",
            whole=False,
            confidence=0.7,
            veto=r"never thought|thought (?:about|of|i'd (?:wait|try|give|share|ask|check|let|mention)|i would (?:try|give|share)|i might|process|it was time|to myself)|as i thought|i thought so|just thought",
        ),
        cue(
            "would_think",
            "think|expect",
            r"\b(?:you|one|u)(?:'d| would| could)? (?:have )?(?:think|thought|expect|expected|assume)(?: that)? (?P<e>[^,.!?;]{4,100})",
            decide="worse",
            outcome="optional",
            whole=True,
            confidence=0.7,
            veto=r"(?:do|did|what|if|can|have|should|don't|so) you|what you|you think (?:you|of|about|this|it)\b|you expect (?:to|from)",
        ),
        cue(
            "expected",
            "expect|anticipat|hoping",
            rf"(?P<e>\b(?:{_THINKER}|would|should|'d)(?: \w+)?(?:'d|'ve| had| have| would| was| were| am| are| also| only| really| still| at least| certainly| do)* (?:expect(?:ed|ing)?|anticipat(?:ed|ing)|hoping)\b(?: [^,.!?;]{{2,110}})?)(?=[,.!?;]|$| but )",
            decide="unmet",
            outcome="optional",
            whole=False,
            confidence=0.62,
            veto=r"(?:when|how long|what|can|should|could|do|did|would) (?:i|we|you|they) (?:\w+ )?expect|expecting (?:a )?(?:baby|call|package|delivery from)|n[o']t expect|never expect|expect to (?:pay|wait|see more)|(?:as|than|what|then|before) (?:\w+ ){0,2}expect|you can expect|hoping (?:you|to hear|they|that you|someone|for an? )|we are expecting|come to expect|to be expected",
        ),
        cue(
            "should_have",
            "should",
            r"(?P<e>(?:\b(?!you\b)[\w']+ )?(?:\b(?!you\b)[\w']+ )?should(?:'ve| have|ve| of) (?:been |already |at least |never |had |received |gotten |got |\w+)[^,.!?;]{0,80}?)(?=[,.!?;]| but | however | instead|$)",
            decide="worse",
            outcome="optional",
            whole=False,
            confidence=0.6,
            veto=r"(?:i|we|you)(?: probably| really)? should(?:'ve| have|ve| of) (?:known|bought|read|listened|checked|done|stayed|gone|just|went|paid|returned|looked|kept|stuck|tried|asked|chosen|taken|called|used|given|waited|researched|saved|never|spent|returned)|should have (?:an? option|the (?:option|ability))",
        ),
        cue(
            "should_be",
            "should",
            r"(?P<e>(?:[\w']+ ){1,4}should(?:n't| not)? (?:\w+ ){0,2}(?:be|work|last|take|cost|include|come)\b[^,.!?;]{0,60}?)(?:,? (?P<x>(?:not|but|instead|yet|nope)\b[^.!?;]{3,80}))",
            decide="worse",
            outcome="none",
            whole=False,
            confidence=0.6,
            veto=r"(?:you|they|we|i) should|should be (?:able|aware|careful)",
        ),
        cue(
            "used_to",
            "used to",
            r"(?P<e>(?:[\w']+ ){0,3}used to (?:be|have|get|work|love|offer|give|serve|come|do|take|let|cost|run|provide|fly|use)\b[^,.!?;]{0,60}?)(?=[,.!?;]| but | and now | now |$)",
            decide="unmet",
            outcome="strong",
            whole=False,
            confidence=0.65,
            veto=r"(?:get|getting|got|be|is|was) used to",
        ),
        cue(
            "norm",
            "for the price|for this price|for that price|given the price|for the money|for a product|for that kind|at this price",
            r"(?:for|given|at) (?:the|this|that|a) (?:price|money|product|kind of money|amount)[^.!?]{0,60}\b(?P<e>(?:i |you |we |one )?(?:would |'d |should )?(?:have )?expect(?:ed)? [^.!?]{3,80})",
            decide="worse",
            outcome="optional",
            whole=False,
            confidence=0.8,
        ),
    ]


_WHO_SAID = r"(?:[\w'@]+ ){0,3}"


def _promised() -> list[Cue]:
    """What the company said, and what came of it."""
    future = r"(?:would|will|'ll|'d|could|can|going to|should|within|by|in|free|refund|guarantee|no|it|i|they|that|my|we|the|there|this|all|you|a|an|everything|£|\$|\d)"
    return [
        cue(
            "promised",
            "promis|guarant|assur",
            rf"(?P<e>{_WHO_SAID}(?:promis(?:ed?|es|ing)|guarante(?:ed?|es|eing)|assur(?:ed|es|ing))\b(?: (?!but|and then)[^,.!?;]{{2,90}}?)?)(?=[,.!?;]| but | and (?:it|i|they|then|yet|never|still)\b| however| yet |$)",
            basis="promised",
            outcome="required",
            whole=False,
            confidence=0.8,
            veto=r"\bi(?: can|'ll| will| do)? (?:promise|guarantee|assure)|promising(?! (?:£|\$|\d|me|us|a|to|free))|no guarantees?|without (?:a |any )?guarantee|rest assured|(?:as|than) (?:\w+ ){0,2}promised|guarantee (?:you|that you|the package)",
        ),
        cue(
            "was_told",
            "told|informed|advised|quoted|led to|assured|offered",
            rf"(?P<e>(?:{_WHO_SAID})(?:was|were|been|got|being|am) (?:\w+ )?(?:told|informed|advised|quoted|assured|notified|led to believe)\b(?: [^,.!?;]{{2,110}}?)?)(?=[,.!?;]| but | and (?:it|i|an?|they|then|yet|never|still|nothing|the|we)\b| however| yet | only to |$)",
            basis="promised",
            outcome="strong",
            whole=False,
            confidence=0.7,
            veto=r"told (?:that )?(?:i|we|you) (?:can't|cannot|could ?n't|couldn't|have to call)",
        ),
        cue(
            "they_said",
            "said|says|saying|told|tells|telling|claim|state|advertis|confirm|agree|lied|indicat|quoted",
            rf"(?P<e>(?:{_WHO_SAID})(?:said|says|saying|told|tells|telling|claim(?:s|ed|ing)?|stat(?:es|ed|ing)|advertis(?:es?|ed|ing)|confirm(?:s|ed)|agreed|indicat(?:es|ed|ing)|quoted)(?: me| us| them| that| to| i| we)* {future}\b[^,.!?;]{{2,110}}?)(?=[,.!?;]| but | and (?:it|i|then|yet|never|still|nothing|now|the|we|my|an?)\b| however| yet | only |$)",
            basis="promised",
            outcome="strong",
            whole=False,
            confidence=0.66,
            veto=r"\b(?:i|we) (?:\w+ )?(?:said|told|confirmed|stated|say|agreed|claimed)\b|(?:that|having) (?:being |been )?said|insurance claim|say that (?:i|this|the)|to say|easier said|told (?:my|him|her|them)",
        ),
        cue(
            "claimed",
            "claim|advertis|label|market|billed|rated|listed|described",
            r"(?P<e>(?:[\w']+ ){0,4}(?:claim(?:s|ing|ed)? (?:to|that|it|of|a|the)|advertis(?:es?|ed|ing) (?:as|at|for|to|with|a|that|it|‘|'|\"|“|of|its|their|\d)|advertised(?= skills| price| feature)|(?:label|market)(?:l?ed|ed) as|billed as|rated (?:at|for|as)|listed (?:as|at|for)|described as|that advertised)[^,.!?;]{0,100}?)(?=[,.!?;]| but | and (?:it|i)\b| however|$)",
            basis="promised",
            outcome="strong",
            whole=False,
            confidence=0.65,
            veto=r"insurance claim|claim (?:form|number|my)|(?:than|as|what) (?:\w+ ){0,2}(?:advertised|described)",
        ),
        cue(
            "supposed",
            "supposed|suppose to|meant to be",
            r"(?P<e>(?:[\w'’@#-]+ ){0,4}(?:supposed?|meant)(?: to(?= )| for| by)[^,.!?;:]{2,100}?)(?=[,.!?;:]| but | and (?:it|i|they|then|now|yet|never|still|we|the)\b| however| yet | instead| when | turned | and now|$)",
            basis="promised",
            decide="unmet",
            outcome="optional",
            whole=False,
            confidence=0.72,
            veto=r"(?:is|are|am|was|were) (?:there|i|we|it|this|that|my|you|they) (?:supposed|meant)|(?:how|what|where|when|who|why)(?:'s|'re| the \w+)? (?:is|are|am|was|were|'m)? ?(?:i|we|it|you|this|they|one)? ?(?:supposed|meant)|supposed to (?:do now|know)|i suppose|(?:not|n't) supposed to (?:be (?:easy|a)|do)",
        ),
        cue(
            "scheduled",
            "scheduled|due |estimated|expected|set to|arrive|meant",
            r"(?P<e>(?:[\w'@#-]+ ){0,4}(?:scheduled|slated|estimated|expected|due|set) (?:to (?:arrive|depart|leave|land|be|ship|deliver|take|board|start)|for|at|by|on|in|delivery)\b[^,.!?;]{0,60}?\d[^,.!?;]{0,30}?)(?=[,.!?;]| but | and |however|$)",
            basis="promised",
            outcome="strong",
            whole=False,
            confidence=0.7,
            veto=r"(?:when|what|how)[^.!?]{0,30}(?:expected|scheduled|due)|due to\b(?! (?:arrive|depart|leave|land|be|ship|deliver))",
        ),
        cue(
            "channels",
            "says|shows|showing|said|saying",
            r"(?P<e>(?:[\w']+ ){0,2}(?:app|website|site|page|board|boards|email|emails|text|screen|tracking|system|online|status|gate agent|phone|desk|agent|one)\b(?: \w+)? (?:says?|said|shows?|showed|showing|saying|states?|stating) [^.!?;]{2,70}?),? (?:but|and|yet|while|when|however|whereas) (?P<x>[^.!?;]{3,90}?\b(?:n't|not|no|never|cancel\w*|delay\w*|still|different|says?|said|another|late)\b[^.!?;]{0,40})",
            basis="promised",
            decide="worse",
            outcome="none",
            whole=False,
            confidence=0.66,
        ),
        cue(
            "false_advert",
            "advertis|mislead|misrepresent|bait|picture|photo|descri|lied",
            r"\b(?:false(?:ly)? advertis\w+|misleading (?:\w+ )?(?:advert\w*|descri\w+|pictures?|photos?|pop|info\w*|title|price)|misrepresent(?:ed|s|ation)|bait and switch|(?:nothing|not|n't|un)(?: look| looks| at all)?(?: exactly)? ?like (?P<e>(?:the |it |in |on )*(?:pictures?|photos?|descriptions?|advert\w*|images?)[^,.!?]{0,30})|does ?n[o']t match (?:the )?(?:descri\w+|pictures?|photos?))",
            basis="promised",
            decide="worse",
            outcome="same",
            whole=False,
            confidence=0.8,
        ),
        cue(
            "schedule",
            "schedule|on time|early",
            r"\b(?:(?P<early>ahead of (?P<e>schedule)|before schedule)|behind (?:the )?schedule|not on schedule|(?:within|in) the (?:promised|stated|estimated|quoted|given|agreed) (?:time\w*|window|period|date))",
            basis="promised",
            decide="than",
            outcome="same",
            whole=False,
            confidence=0.82,
        ),
        cue(
            "contrary",
            "contrary|unlike|in spite|despite|even though|although",
            r"\b(?P<e>(?:contrary to|unlike) (?:what|the|their|your|its) (?:\w+ ){0,4}(?:said|told|advert\w+|descri\w+|pictures?|photos?|website|promis\w+|claims?|show\w*|reviews?|expect\w+)|(?:despite|in spite of|even though|although) (?:i |we |the |my |our |having |being |they |he |she )*(?:had |have |was |were |'d )?(?:promis|paid|paying|booked|booking|told|assur|guarant|confirm|request|order|pre-?book|said|specif)\w*[^,.!?]{0,70})",
            basis="promised",
            decide="worse",
            outcome="optional",
            whole=False,
            confidence=0.72,
        ),
    ]


def _ordered() -> list[Cue]:
    """Ordered, booked, paid or entitled to; and what came instead."""
    buyer = r"(?:i|we|my (?:wife|husband|friend|son|daughter|mum|mom)|she|he)"
    return [
        cue(
            "ordered",
            "order|asked|request|paid|book|bought|purchas|reserv|chose|select|signed up|wanted|pay ",
            rf"(?P<e>(?:\b{buyer} |\bhaving |\bafter |^)(?:had |have |'ve |'d |only |just |specifically |already |also |even |originally |clearly |\w+ly )*(?:ordered|asked (?:for|to|them)|requested|paid|booked|reserved|bought|purchased|chose|selected|signed up for|pre-?ordered|pre-?booked|wanted|specified)\b [^,.!?;]{{2,90}}?)(?=[,.!?;]| but | and | only | however| which |$)",
            outcome="strong",
            whole=False,
            confidence=0.6,
            veto=r"asked (?:if|why|what|how|when|whether)|wanted to (?:say|thank|know|ask|let|share|love|like|try)|paid (?:by|via|with|through|attention)|bought (?:this|it|these|them) (?:for|as|to|because|after|in|on|from)",
        ),
        cue(
            "instead_of",
            "instead of|rather than",
            r"(?P<x>(?:[\w'’$£€.%-]+ ){1,10}?)?(?:instead of|rather than)(?: the| an?| my| our)? (?P<e>[^,.!?;]{2,70}?)(?=[,.!?;]| and i | it's| i'm|$)",
            decide="worse",
            outcome="none",
            whole=False,
            confidence=0.6,
            veto=r"(?:you|i|they|we) (?:can|could|should|will|would|to|'d|'ll|want|might|may|use|chose|opt|prefer|recommend|went|go)\b[^.!?]{0,60}(?:instead of|rather than)|(?:try|use|please|buy|get|go)\b[^.!?]{0,30}instead of|instead of (?:just )?(?:being|having to|trying|going|using|buying|paying|spending|making)",
        ),
        cue(
            "only_to",
            "only to|only 2",
            r"(?P<e>[^.!?;]{6,110}?),? (?P<x>only (?:to|2) (?:be|b|find|have|get|discover|learn|realize|see|receive|then|hear|wait)\b[^.!?;]{0,110})",
            decide="worse",
            outcome="none",
            whole=False,
            confidence=0.8,
        ),
        cue(
            "refunded_of",
            "only ",
            r"(?P<x>(?:[\w']+ ){0,2}only (?:received|got|refunded|gave|given|sent|credited|reimbursed|arrived|had|included)[^,.!?;]{0,50}?) (?:of|instead of|out of|from) (?P<e>(?:the|my|our|an?)\b[^,.!?;]{2,50})",
            decide="worse",
            outcome="none",
            whole=False,
            confidence=0.85,
        ),
        cue(
            "entitled",
            "entitled|eligible|status|member|included|offered",
            r"(?P<e>[^.!?;]{0,50}\b(?:entitled to|eligible for|part of the (?:package|deal|price)|included in the (?:price|fare|package))[^,.!?;]{0,60}?)(?=[,.!?;]| but | and |$)",
            outcome="strong",
            whole=False,
            confidence=0.7,
        ),
        cue(
            "late_by",
            "late|early|delay|behind",
            r"(?P<x>[^,.!?;]{0,60}\b(?:\d{1,3}(?:\.\d)?|an?|one|two|three|four|five|six|half an?|couple of) ?(?:\+ ?)?(?:min\w*|hours?|hrs?|days?|weeks?|months?) (?:late|early)\b[^,.!?;]{0,40})(?! (?:checkout|check|check-in|bird|enough|fee|charge))",
            basis="promised",
            decide="than",
            outcome="none",
            whole=False,
            confidence=0.55,
            veto=r"if |unless |should arrive|need to|arrive at least|advise",
        ),
        cue(
            "turned_out",
            "looking forward|hopeful|excited|turns out|turned out|turned into",
            r"(?P<e>(?:[\w']+ ){0,2}(?:looking forward to|excited (?:to|about|for)|so hopeful)[^,.!?;]{2,80}?)(?=[,.!?;]| but )",
            outcome="strong",
            whole=False,
            confidence=0.6,
            veto=r"(?:am|'m|i|we|are) (?:really |so |very )?looking forward to (?:hear|your|see|be)",
        ),
    ]


@cache
def cues() -> tuple[Cue, ...]:
    """Give all English cues; compiled once, when first asked for."""
    return (*_compared(), *_surprised(), *_believed(), *_promised(), *_ordered())
