"""Words that say the opposite of one another.

They stand in the same sentences, so any vector space has them close together; only a list tells them apart.
"""

_PAIRS = """
increase increases increased increasing rise rises rose risen rising gain gains gained grow grows grew grown growing
| decrease decreases decreased decreasing fall falls fell fallen falling drop drops dropped decline declines declined
  declining shrink shrinks shrank lost loses
raise raises raised raising lift lifts lifted | cut cuts cutting reduce reduces reduced reducing slash slashed
higher | lower
high | low
highest | lowest
largest biggest greatest | smallest
larger bigger | smaller
before prior | after
won win wins | lost lose loses
began begins begun started starts | ended ends finished
north northern | south southern
east eastern | west western
above | below beneath
more most | fewer fewest less least
early | late
earlier | later
first | last final
oldest older old | youngest newest younger new young
allowed allows permitted permits | forbade forbidden forbids banned bans prohibited prohibits
accepted accepts | rejected rejects declined refused
supported supports backed | opposed opposes
accept accepts accepting | reject rejecting refuse refuses
bought buys | sold sells
male | female
father | mother
son | daughter
husband | wife
inside | outside
upper | lower
inner | outer
positive | negative
strong stronger strongest | weak weaker weakest
rich richer richest | poor poorer poorest
maximum | minimum
best | worst
better | worse
public | private
always | never
easy | difficult hard
majority | minority
success successful succeeded succeeds | failure unsuccessful failed fails
legal | illegal
possible | impossible
alive | dead
left | right
guilty | innocent
all every | none
import imports imported | export exports exported
arrived arrives | departed departs
ally allies | enemy enemies
internal | external
domestic | foreign
cheap cheaper | expensive
safe safer | dangerous
same | different
opened opens | closed closes
added adds | removed removes
"""


def _read(pairs: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in pairs.replace("\n|", " |").replace("\n  ", " ").strip().splitlines():
        one, other = (frozenset(side.split()) for side in line.split("|"))
        for mine, its in ((one, other), (other, one)):
            for word in mine:
                found[word] = found.get(word, frozenset()) | its
    return found


OPPOSITES = _read(_PAIRS)
"""Word to those that say the opposite."""
