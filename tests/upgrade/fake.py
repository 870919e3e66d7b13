#!/usr/bin/python3 -SE
"""kubectl and terraform, as far as the upgrade script uses them. The cluster and its machines are in the file world.json
beside this program's folder; `calls` beside it records everything that changes something."""
import hashlib
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[0])))
NAME, ARGS = os.path.basename(sys.argv[0]), sys.argv[1:]
with open(HERE + "/world.json", encoding="utf-8") as file:
    world = json.load(file)
machines, nodes, extra = world["machines"], world["nodes"], world["extra"]


def save():
    with open(HERE + "/world.json", "w", encoding="utf-8") as file:
        json.dump(world, file, indent=1)


def call(text):
    with open(HERE + "/calls", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def fail(text):
    save()
    sys.exit(text)


def option(name):
    return [word.split("=", 1)[1] for word in ARGS if word.startswith(name + "=")]


def user_data(group):
    with open(f"cloud-init/{group.replace('_', '-')}.yaml", encoding="utf-8") as file:
        return file.read()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


# --- Machines boot while kubectl asks

def boot():
    for name, machine in machines.items():
        if machine.get("boots", 0) <= 0 or name in world["broken"]:
            continue
        machine["boots"] -= 1
        if machine["boots"] == 0:
            finish(name, machine)


def finish(name, machine):
    """A worker does not join while a Node of its name is ready; a control plane finds its Node as it was."""
    plane = machine["group"] == "control_plane"
    if not plane and nodes.get(name, {}).get("ready"):
        machine["boots"] = 1
        return
    node = nodes.setdefault(name, {"cordoned": False})
    apis = [other["api"] for key, other in nodes.items() if other.get("api") and key != name]
    version = world["kubernetes"] if plane else min(apis)
    node.update(ready=True, kubelet=version, type=machine["type"],
                recorded={"instance-id": machine["id"], "user-data-sha256": digest(machine["user_data"])})
    if plane:
        node.update(api=version, cordoned=False)
        if all(api == version for api in apis):
            world["proxy"] = version


def api_answers():
    return any(node.get("api") and node["ready"] for node in nodes.values())


# --- kubectl

def node_object(name, node):
    return {"metadata": {"name": name, "labels": {"node.kubernetes.io/instance-type": node["type"]},
                         "annotations": node.get("recorded", {}) | node.get("annotations", {})},
            "spec": {"unschedulable": node["cordoned"]},
            "status": {"nodeInfo": {"kubeletVersion": "v" + node["kubelet"]},
                       "conditions": [{"type": "Ready", "status": "True" if node["ready"] else "Unknown"}]}}


def pod(name, node, component, label="component"):
    image = f"registry.k8s.io/{component}:v{node.get('api', node['kubelet'])}"
    return {"metadata": {"labels": {label: component}}, "spec": {"nodeName": name, "containers": [{"image": image}]},
            "status": {"conditions": [{"type": "Ready", "status": "True" if node["ready"] else "False"}]}}


def kubectl():
    words = [word for word in ARGS if not word.startswith("--request-timeout")]
    if not api_answers():
        boot()
        fail("The connection to the server was refused")
    text = " ".join(words)
    if words[:2] == ["get", "nodes"]:
        boot()
        print(json.dumps({"items": [node_object(name, node) for name, node in nodes.items()]}))
    elif "get pods" in text and "k8s-app=kube-proxy" in text:
        print(json.dumps({"items": [pod(name, node, "kube-proxy", "k8s-app") for name, node in nodes.items()]}))
    elif "get pods" in text:
        planes = [(name, node) for name, node in nodes.items() if node.get("api")]
        mirrors = [(name, {**node, "api": node["mirror"]}) for name, node in nodes.items() if node.get("mirror")]
        pods = [pod(*plane, part) for plane in planes for part in ("kube-apiserver", "etcd")]
        print(json.dumps({"items": pods + [pod(*mirror, "kube-apiserver") for mirror in mirrors]}))
    elif "configmap kubeadm-config" in text:
        print(f"apiServer: {{}}\nclusterName: {world['cluster']}\nkubernetesVersion: v{world['kubernetes']}")
    elif "daemonset kube-proxy" in text:
        print("registry.k8s.io/kube-proxy:v" + world["proxy"])
    elif words[0] == "label":
        call(f"label {words[2]} {words[3]}")
    elif words[0] == "drain":
        call(f"drain {' '.join(words[1:])}")
        nodes[words[1]]["cordoned"] = True
        if words[1] in world["drain_hangs"]:
            fail("error: unable to drain node: global timeout reached: " + option("--timeout")[0])
    elif words[:2] == ["delete", "node"]:
        call(f"delete node {words[2]}")
        nodes.pop(words[2], None)
    else:
        fail(f"the fake does not know kubectl {text}")


# --- Terraform

def address(name, machine):
    return f'google_compute_instance.{machine["group"]}["{name}"]'


def values(name, machine, wanted):
    data = user_data(machine["group"]) if wanted else machine["user_data"]
    kind = world["types"][machine["group"]] if wanted else machine["type"]
    return {"name": name, "machine_type": kind, "metadata": {"user-data": data}, "metadata_fingerprint": digest(data),
            "boot_disk": [{"auto_delete": True, "source": name}], "desired_status": "RUNNING" if wanted else machine.get("status", "RUNNING"),
            "current_status": "RUNNING"}


def change(name, machine, replaced):
    gone, new = name in world["removed"], machine.get("id") is None
    before = None if new else values(name, machine, False)
    after = None if gone else values(name, machine, True)
    if new:
        actions = ["create"]
    elif gone:
        actions = ["delete"]
    elif replaced:
        actions = ["delete", "create"]
    else:
        actions = ["no-op"] if before == after else ["update"]
    unknown = {"instance_id": True, "cpu_platform": True} if actions != ["no-op"] else {}
    return {"actions": actions, "before": before, "after": after, "after_unknown": unknown}


def terraform():
    if ARGS[0] == "plan":
        replaced, targets = option("-replace"), option("-target")
        changes = [{"mode": "managed", "type": "google_compute_instance", "address": address(name, machine),
                    "change": change(name, machine, address(name, machine) in replaced)} for name, machine in machines.items()]
        changes += [{"mode": "managed", "type": item["address"].split(".")[0], "address": item["address"],
                     "change": {"actions": item["actions"], "before": {}, "after": {}, "after_unknown": {}}} for item in extra]
        if targets:
            changes = [item for item in changes if item["address"] in targets]
        planned = [{"type": "google_compute_instance", "mode": "managed", "values": values(name, machine, True)}
                   for name, machine in machines.items() if name not in world["removed"]]
        with open(option("-out")[0], "w", encoding="utf-8") as file:
            json.dump({"planned_values": {"root_module": {"resources": planned}}, "resource_changes": changes}, file)
        print("Plan: …")
    elif ARGS[:2] == ["show", "-json"] and len(ARGS) == 3:
        with open(ARGS[2], encoding="utf-8") as file:
            print(file.read())
    elif ARGS[:2] == ["show", "-json"]:
        state = [{"type": "google_compute_instance", "mode": "managed",
                  "values": values(name, machine, False) | {"instance_id": machine["id"], "creation_timestamp": machine["created"]}}
                 for name, machine in machines.items() if machine.get("id")]
        print(json.dumps({"values": {"root_module": {"child_modules": [{"resources": state}]}}}))
    elif ARGS[0] == "apply":
        with open(ARGS[-1], encoding="utf-8") as file:
            changes = json.load(file)["resource_changes"]
        for item in changes:
            apply(item)
    else:
        fail(f"the fake does not know terraform {ARGS}")


def apply(item):
    actions = item["change"]["actions"]
    if actions == ["no-op"]:
        return
    call(f"terraform {'+'.join(actions)} {item['address']}")
    if item["type"] != "google_compute_instance":
        extra[:] = [other for other in extra if other["address"] != item["address"]]
        return
    name = (item["change"]["after"] or item["change"]["before"])["name"]
    machine = machines[name]
    if actions == ["delete"]:
        del machines[name]
        return
    if "delete" in actions and name in world["not_created"]:
        machine["id"] = None
        fail("Error: ZONE_RESOURCE_POOL_EXHAUSTED")
    stopped = machine["type"] != world["types"][machine["group"]]
    machine.update(user_data=user_data(machine["group"]), type=world["types"][machine["group"]])
    if actions == ["update"] and machine.pop("status", None):
        nodes[name]["ready"] = True
    if actions != ["update"]:
        world["ids"] += 1
        machine.update(id=str(world["ids"]), boots=2, created=time.strftime("%Y-%m-%dT%H:%M:%S.123+00:00", time.gmtime()))
        if name in nodes:
            nodes[name].update(ready=machine["group"] != "control_plane")
    elif stopped:
        call(f"STOPPED {name}")


if NAME == "kubectl":
    kubectl()
elif NAME == "terraform":
    terraform()
save()
