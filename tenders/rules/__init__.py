"""The decisions of a mini-competition, on plain values."""

from .scoring import FORMULAS, TIE_BREAKS, Model, Offer, Result, rank_bids, two_places

__all__ = ["FORMULAS", "TIE_BREAKS", "Model", "Offer", "Result", "rank_bids", "two_places"]
