"""Fifty texts as somebody would write them who wants the page to run, load, hide, turn or break something.

They stand for titles, publishers, authors, tags, bodies, addresses, questions, words and file names alike. A script
that runs sets `window.pwned`, a picture or style that loads asks a foreign host.
"""

MARKUP = [
    "<script>window.pwned = 1</script>",
    '<img src=x onerror="window.pwned = 2">',
    "<img src=https://evil.example/a.png>",
    '"><svg onload=window.pwned=3>',
    "' autofocus onfocus='window.pwned=4' x='",
    "</bdi></q></p></div></template><script>window.pwned=5</script>",
    "<b><i><u><table><td>never closed",
    "</textarea></title></style><iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>parent.pwned=6</script>'>",
    '<a href="javascript:window.pwned=7">press</a>',
    "<form action=https://evil.example><button>Sign in",
    "<!-- <img src=x onerror=window.pwned=8> --!> <![CDATA[<script>window.pwned=8</script>]]>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=9>",
    "&lt;script&gt;window.pwned=10&lt;/script&gt; &#60;img src=x&#62; &nbsp;&notanentity;",
    "<style>body{display:none}*{background:url(https://evil.example/c)}</style>",
    "<details open ontoggle=window.pwned=11><summary>more</summary>",
    "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<template shadowrootmode=open><slot onslotchange=window.pwned=12></slot></template>",
]
ADDRESSES = [
    "javascript:window.pwned=13",
    "java\tscript:window.pwned=14",
    "data:text/html,<script>parent.pwned=15</script>",
    'https://evil.example/"onmouseover="window.pwned=16',
    "//evil.example/%2e%2e",
    "https://user:secret@evil.example:99999/",
]
SYNTAX = [
    "{{7*7}} {{constructor.constructor('window.pwned=17')()}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${window.pwned=18} #{7*7} <%= 7*7 %> [[7*7]]",
    "$$\\href{javascript:window.pwned=19}{x}$$ \\(\\unicode{60}\\) $\\htmlData{onclick=1}{y}$",
    "[press](javascript:window.pwned=20) ![seen](https://evil.example/b.png) <https://evil.example>",
    "# Heading\n\n> quote\n- item\n1. one\n***\n[^1]: note\n\n[ref]: https://evil.example 'x'",
    "```html\n<img src=x onerror=window.pwned=21>\n```",
    "| a | b |\n|---|---|\n| ~~c~~ | **d** `e` |",
    ":smile: @everyone #1 [x] --- === +++ ~~~",
    "*{} _{}_ %s %(name)s {0} {name!r} \\N{BELL} \\x1b[31m \\u202e",
    '\'; DROP TABLE articles; -- " OR ""=" NEAR("x" "y") *',
    "body{position:fixed;inset:0;background:url(//evil.example)}",
    "---\ntitle: another\n---\n",
]
CHARACTERS = [
    "gpj.\u202etrohs\u202d and \u202aleft\u202b right",
    "\u2066\u2067\u2068 opened, never closed",
    "\u2069\u202c\u2069\u202c closed, never opened",
    "\u200f\u061cמאמר על גשרים\u200e مقالة عن الجسور 123",
    "z\u200be\u200cr\u200do\u2060w\ufeffi\u00addth",
    "\x00\x01\x07\x08\x0b\x0c\x1f\x7f\x85\x9b31m controls",
    "\x1b[2J\x1b]8;;https://evil.example\x1b\\press\x1b]8;;\x1b\\ \x1b]0;owned\x07 \x9b1m",
    "lone \ud83d high and \udc00 low",
    "👩\u200d👩\u200d👧\u200d👦🏴\U000e0067\U000e0062\U000e007f🇸🇪👍🏿" * 5,
    "z" + "\u0301\u0489\u0335" * 200 + "algo",
    "W" * 10_000,
    "\u2028line\u2029paragraph\r\nreturn\rfeed",
    "ﷺ" * 40 + "𒐫𒈙⸻꧅" * 10,
]

TEXTS = [*MARKUP, *ADDRESSES, *SYNTAX, *CHARACTERS]

# What a file may be called, and what a browser may say that one is.
NAMES = [
    *(text.replace("/", "∕").replace("\0", "").replace("\ud83d", "").replace("\udc00", "")[:60] for text in TEXTS),
    "..%2f..%2fetc%2fpasswd",
    "%00%0a%0d",
    "CON",
    " leading and trailing ",
    "-rf --home=x",
    "n" * 200,
]
assert len(TEXTS) == 50
