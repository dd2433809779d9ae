"""TF-IDF held to scikit-learn's, the space to an exact decomposition, samples to sorting."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from prefaudit import prose
from prefaudit.stats.text_sample import TextSample
from prefaudit.stats.topics import DIMENSIONS, clusters, signs, telling_terms, tf_idf, vectors

WORDS = "oak elm Ash fir yew Bay fig nut pea rye oat hop kale leek straße été 12 x1".split()


def texts(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(0, 9), p=_skewed(rng))) for _ in range(n)]


def _skewed(rng: np.random.Generator) -> np.ndarray:
    weights = rng.random(len(WORDS)) ** 3
    shares: np.ndarray = weights / weights.sum()
    return shares


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_those_of_scikit_learn_up_to_the_hashes(seed: int) -> None:
    made = texts(seed, 150)
    counter = CountVectorizer(token_pattern=r"\w+", min_df=2, max_df=0.2)
    counts = counter.fit_transform(made).toarray().astype(float)
    n, df = len(made), (counts > 0).sum(axis=0)
    expected = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * np.log((1 + n) / (1 + df))
    lengths = np.linalg.norm(expected, axis=1, keepdims=True)
    expected = np.divide(expected, lengths, out=np.zeros_like(expected), where=lengths > 0)
    found = tf_idf(prose.term_counts(made))
    ours = {int(term): column for term, column in zip(found.terms, found.matrix.toarray().T, strict=True)}
    assert len(ours) == len(counter.vocabulary_) > 3
    for word, at in counter.vocabulary_.items():
        (hashed,) = prose.term_counts([word]).flatten().field("term").to_pylist()
        np.testing.assert_allclose(ours[hashed], expected[:, at], atol=1e-12)


@given(st.lists(st.text(alphabet="aB é中.1\u0301", max_size=12), max_size=8))
def test_terms_are_what_a_regular_expression_finds(made: list[str]) -> None:
    for text, terms in zip(made, prose.term_counts(pa.array(made, pa.string())).to_pylist(), strict=True):
        written = [text.encode()[term["start"] : term["end"]].decode() for term in terms]
        assert sum(term["count"] for term in terms) >= len(set(map(str.lower, written)))
        assert all(term.strip(" .") == term and term for term in written)
        spaced = text.replace("中", " 中 ").replace(".", " ").split()
        assert sorted({one.lower() for one in spaced}) == sorted(one.lower() for one in written)


def test_the_space_keeps_what_an_exact_decomposition_keeps() -> None:
    rng = np.random.default_rng(1)
    words = [[f"t{topic}w{word}" for word in range(30)] for topic in range(6)]
    topic = rng.integers(0, 6, 900)
    made = [" ".join([*rng.choice(words[at], 6), f"n{rng.integers(300)}"]) for at in topic]
    weights = tf_idf(prose.term_counts(made))
    points = vectors(weights)
    assert points.shape == (900, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0)
    _, values, _ = np.linalg.svd(weights.matrix.toarray(), full_matrices=False)
    basis = np.linalg.qr(weights.matrix.T @ np.linalg.qr(weights.matrix @ signs(weights.terms)).Q).Q
    kept = np.linalg.norm(weights.matrix @ basis) ** 2
    assert kept > 0.75 * (values[:DIMENSIONS] ** 2).sum()
    labels, centres = clusters(points, 12)
    assert centres.shape == (12, DIMENSIONS)
    purity = sum(np.bincount(topic[labels == at], minlength=6).max() for at in range(12)) / 900
    assert purity > 0.95
    assert len(telling_terms(weights, topic == 3, 5)) == 5


def test_signs_are_orthogonal_on_average() -> None:
    rows = signs(np.random.default_rng(2).integers(1, 2**63, 4000, dtype=np.uint64))
    np.testing.assert_allclose((rows**2).sum(axis=1), 1.0)
    assert abs((rows[:2000] * rows[2000:]).sum(axis=1).mean()) < 0.02
    assert set(np.unique((rows != 0).sum(axis=1))) == {8}


def test_texts_without_a_term_that_counts_stand_at_the_origin() -> None:
    made = ["oak elm", "oak elm", "fir", "", "!!", *texts(1, 40)]
    points = vectors(tf_idf(prose.term_counts(made)))
    assert not points[3].any()
    assert not points[4].any()


def test_no_terms_at_all() -> None:
    weights = tf_idf(prose.term_counts(["", "?"] * 60))
    assert weights.matrix.shape == (120, 0)
    points = vectors(weights)
    assert not points.any()
    labels, centres = clusters(points, 6)
    assert (set(labels.tolist()), len(centres)) == ({0}, 1)


def test_no_more_clusters_than_different_points() -> None:
    labels, centres = clusters(np.repeat(np.eye(3), 40, axis=0), 10)
    assert (len(set(labels.tolist())), len(centres)) == (3, 3)


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 8), st.lists(st.integers(0, 40), max_size=3))
def test_a_sample_is_the_smallest_keys_however_they_come(keys: list[int], size: int, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(keys)) for cut in cuts), len(keys)]
    whole = TextSample(size)
    for start, end in itertools.pairwise(edges):
        part = TextSample(size)
        part.add(
            np.array(keys[start:end], dtype=np.uint64), pa.array([str(key) for key in keys[start:end]], pa.string())
        )
        part.merge(whole)
        whole = part
    expected = sorted({key for key in keys if key})[:size]
    assert whole.keys.tolist() == expected
    assert whole.texts.to_pylist() == [str(key) for key in expected]
    assert whole.full == (len(expected) == size)
