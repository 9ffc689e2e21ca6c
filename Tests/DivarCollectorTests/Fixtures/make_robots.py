"""Writes robots.json: what Protego, the robots.txt parser of Scrapy, says of random rules and paths.

pip install protego==0.7.0
"""

import json
import random

import protego

random.seed(5)
PIECES = ["/", "/a", "/ab", "/s/", "*", "/x*", "q=", "?", "$", "/%7Euser", "/~user", "/é", "%2F", ".jpg", "/photo/cat1"]
PATHS = ["/", "/a", "/ab", "/abc", "/s/tehran/cats?q=1", "/s/tehran/cats", "/~user/x", "/%7euser/x", "/%C3%A9", "/x/y.jpg",
         "/x/y.jpg?z", "/a%2Fb", "/photo/cat1.jpg", "/photo/cat10.jpg", "/robots.txt", "/s/?x&q=5"]
# A part of a name is none in RFC 9309, but one to Protego.
AGENTS = ["*", "Kilim-divar", "kilim-DIVAR", "other"]


def rule():
    key = random.choice(["Disallow", "Disallow", "Allow", "allow ", "DISALLOW"])
    value = "/" + "".join(random.choices(PIECES, k=random.randint(1, 3))).lstrip("/") if random.random() > 0.1 else ""
    # A dollar sign counts at the end alone; in between programs differ.
    value = value[:-1].replace("$", "") + value[-1:] if value else value
    return f"{key}: {value}" + random.choice(["", "  # because", "\t"])


cases = []
for _ in range(120):
    lines = ["# rules"]
    for _ in range(random.randint(1, 4)):
        lines += [f"User-agent: {agent}" for agent in random.sample(AGENTS, random.randint(1, 2))]
        lines += [rule() for _ in range(random.randint(1, 5))]
        lines += random.choice([[], [""], ["Sitemap: https://example.org/map.xml"]])
    text = random.choice(["\n", "\r\n"]).join(lines)
    parser = protego.Protego.parse(text)
    cases.append({"text": text, "allowed": {path: parser.can_fetch(path, "Kilim-divar") for path in PATHS}})
with open("robots.json", "w", encoding="utf-8") as file:
    json.dump(cases, file, ensure_ascii=False, indent=0)
print(sum(v for c in cases for v in c["allowed"].values()), "of", sum(len(c["allowed"]) for c in cases))
