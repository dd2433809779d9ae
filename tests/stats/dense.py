"""CR2 errors by their definition, with whole matrices."""

from __future__ import annotations

import numpy as np


def dense_cr2(design: np.ndarray, y: np.ndarray, group: np.ndarray) -> tuple[float, float, float]:
    """The first coefficient, its error and its degrees of freedom (Pustejovsky & Tipton 2018, equations 5 to 11)."""
    bread = np.linalg.inv(design.T @ design)
    hat = design @ bread @ design.T
    residual = np.eye(len(y)) - hat
    weights, sums = [], []
    for one in np.unique(group):
        rows = group == one
        values, vectors = np.linalg.eigh(residual[np.ix_(rows, rows)])
        root = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0)
        adjusted = vectors @ np.diag(root) @ vectors.T
        row = (bread @ design[rows].T @ adjusted)[0]
        sums.append(row @ (y - hat @ y)[rows])
        weights.append(residual[rows].T @ row)
    inner = np.array(weights) @ np.array(weights).T
    coefficient = (bread @ design.T @ y)[0]
    return float(coefficient), float(np.sqrt(np.sum(np.square(sums)))), float(np.trace(inner) ** 2 / np.sum(inner**2))
