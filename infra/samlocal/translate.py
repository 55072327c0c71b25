"""Turns a SAM template into plain CloudFormation with AWS's own translator.

python translate.py TEMPLATE writes JSON. Code stays named by its folder; what
`sam package` uploads (AWS::Include) is read from its file instead.
"""

import json
import os
import sys

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

here = os.path.dirname(os.path.abspath(sys.argv[1]))


def read(location):
    path = os.path.normpath(os.path.join(here, location))
    with open(path, encoding="utf-8") as f:
        # CloudFormation knows no short forms (!Ref) in what it includes, and
        # neither does this reader.
        return json.load(f) if path.endswith(".json") else yaml.safe_load(f)


def include(v):
    if isinstance(v, list):
        return [include(x) for x in v]
    if not isinstance(v, dict):
        return v
    out = {}
    for key, value in v.items():
        if key != "Fn::Transform":
            out[key] = include(value)
            continue
        if value.get("Name") != "AWS::Include":
            sys.exit(f"a transform that is not known here: {value.get('Name')}")
        out.update(include(read(value["Parameters"]["Location"])))
    return out


def local(properties, key):
    if isinstance(properties.get(key), str):
        properties[key] = "s3://local/" + os.path.normpath(properties[key]) + "/"


class NoPolicies:
    """Managed policies are named by their ARNs or not at all."""

    def load(self):
        return {}


def source(location):
    with open(location, encoding="utf-8") as f:
        return include(yaml_parse(f.read()))


template = source(sys.argv[1])
local(template.get("Globals", {}).get("Function", {}), "CodeUri")
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        local(resource["Properties"], "CodeUri")
# Stacks within the stack, by their files.
nested = {}
for name, resource in template["Resources"].items():
    where = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}.get(resource["Type"])
    if where:
        nested[name] = source(os.path.join(here, resource["Properties"][where]))
# Metadata of functions (how they are built) does not outlive the translation.
builds = {
    name: r.get("Metadata", {})
    for name, r in template["Resources"].items()
    if r["Type"] == "AWS::Serverless::Function"
}
plain = transform(template, {}, NoPolicies())
for name, metadata in builds.items():
    plain["Resources"][name]["Metadata"] = metadata
for name, inner in nested.items():
    plain["Resources"][name].setdefault("Metadata", {})["Template"] = inner
json.dump(plain, sys.stdout)
