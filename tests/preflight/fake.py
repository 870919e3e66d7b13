#!/usr/bin/python3 -SE
"""gcloud and curl, as far as the preflight script uses them. world.json beside this program's folder holds what Google answers: each
command's JSON by its words, and the commands that fail with their messages."""
import json
import os
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[0])))
with open(HERE + "/world.json", encoding="utf-8") as file:
    world = json.load(file)

if os.path.basename(sys.argv[0]) == "curl":
    if sys.stdin.readline() != "Authorization: Bearer token\n" or world["curl"] is None:
        sys.exit("curl: (22) The requested URL returned error: 403")
    asked = json.loads(sys.argv[sys.argv.index("--data") + 1])["permissions"]
    granted = [one for one in asked if one not in world["curl"]]
    print(json.dumps({"permissions": granted} if granted else {}))
    sys.exit()

command = " ".join(word for word in sys.argv[1:] if not word.startswith("--project=") and not word.startswith("--format="))
for failing, message in world["fails"].items():
    if command.startswith(failing):
        sys.exit("something before\nERROR: (gcloud) " + message + "\nmore")
for words, answer in world["answers"].items():
    if command.startswith(words):
        print(answer if isinstance(answer, str) else json.dumps(answer))
        sys.exit()
if "org-policies describe" in command:
    print("{}")
    sys.exit()
sys.exit("the fake does not know: " + command)
