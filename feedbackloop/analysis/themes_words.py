"""Which words can name nothing? Function words, and words that customers of every trade use."""

from __future__ import annotations

_ENGLISH = """
about above after again against ago all almost already also although always among and another any anybody anyone anything
anyway are aren't around ask asked asking away back bad be became because been before behind being below best better
between big both but buy bought call called came can can't cannot cause come comes coming could couldn't customer
customers day days dear did didn't different do does doesn't doing don't done down during each either else enough even
ever every everybody everyone everything everywhere experience far feel felt few find first for found from fully gave get
gets getting give given glad go goes going gone good got great had hadn't happen happened hard has hasn't have haven't
having he hello help her here hers hey hi him his hour hours how however i'd i'll i'm i've if in instead into is isn't it
its itself just keep kept kind knew know known last later least left less let like little long look looked looking lot
lots love made make makes making many may maybe me mean means might mine minute minutes month months more most much must
my myself need needed needs neither never new next nice no nobody none nor not nothing now of off often ok okay old on
once one ones only onto or other others our ours out over own part people perhaps person place please possible probably
put quite rather really right said same saw say says see seem seemed seems seen sent set several shall she should
shouldn't show simply since so some somebody someone something sometimes soon sorry still such sure take taken takes
taking tell than thank thanks that that's the their theirs them themselves then there there's these they they're thing
things think this those though thought three through time times to today together told tomorrow tonight too took toward
tried try trying turn turned two under unless until up upon us use used using usually very via want wanted wants was
wasn't way we we'd we'll we're we've week weeks well went were weren't what when where whether which while who whole whom
whose why will wish with within without won't word words work worked working works would wouldn't wrong year years yes
yesterday yet you you'd you'll you're you've your yours yourself
"""
ENGLISH_IDLE = frozenset(_ENGLISH.split())

CHINESE_EDGES = frozenset(
    "的了是我你他她它们这那个在有和就也不很都要会说着没看好上下中来到去对又把被让给从向与及或但而且所以因为如果"
    "么什怎哪谁啊吧吗呢呀嘛哦嗯哈太最更还再才只已经可能得地之于以为等每些次天年月日时分第一二三四五六七八九十两几点多少"
)
"""No name of anything begins or ends with one of these: function words, pronouns, numbers and counts."""
