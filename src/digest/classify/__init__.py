"""Classify gives every story its topics and the event it belongs to, each with the rule that said so."""

from digest.classify.bayes import Model, train
from digest.classify.clusters import Known, gather
from digest.classify.placing import Classified, Placed, classify, topics_of
from digest.classify.rules import Rules, compile_rules
from digest.classify.topics import assign

__all__ = [
    "classify",
    "Classified",
    "Placed",
    "Known",
    "compile_rules",
    "Rules",
    "assign",
    "topics_of",
    "train",
    "Model",
    "gather",
]
