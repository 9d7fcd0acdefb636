#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session file as another program sees it, with h5py alone and by the text of SESSION_FORMAT.md.

    session_by_h5py.py read SESSION.h5     checks what the document promises, prints "MODEL k90 of every head of layer 0"
    session_by_h5py.py write SESSION.h5    writes one: 2 layers × 4 heads × 3 windows, layer 1 pending
"""
import sys

import h5py
import numpy as np

LAYERS, HEADS, KV_HEADS, WINDOWS, LENGTH, COMPONENTS = 2, 4, 2, 3, 8, 5


def k90(sigma):
    share = (sigma**2).cumsum(-1) / (sigma**2).sum(-1, keepdims=True)
    return (share < 0.9).sum(-1) + 1


def check_nxdata(group):
    """The rules of NXdata: a signal, and for each of its dimensions an axis of its length in the same group."""
    assert group.attrs["NX_class"] == "NXdata", group.name
    signal = group[group.attrs["signal"]]
    axes = list(group.attrs["axes"])
    assert len(axes) == signal.ndim, (group.name, axes, signal.shape)
    for axis, extent in zip(axes, signal.shape):
        assert group[axis].shape == (extent,), (group.name, axis)
    for name in group.attrs.get("auxiliary_signals", []):
        assert group[name].shape == signal.shape, (group.name, name)


def check_labels(name, item):
    if isinstance(item, h5py.Dataset):
        assert item.attrs["long_name"], name
        assert item.dtype.kind == "S" or item.attrs["units"], name
        assert item.fletcher32 and item.shuffle and item.chunks, name


def check_causal(causal):
    """Derived means are those of the windows, and a condition without numbers has none."""
    check_nxdata(causal)
    computed = causal["computed"][:] == 1
    assert np.allclose(causal["delta_mean"][:][computed], causal["delta"][:][computed].mean(axis=1), rtol=1e-12)
    assert (causal["delta"][:][~computed] == 0).all()
    if "delta_low" in causal:
        assert (causal["delta_low"][:] <= causal["delta_mean"][:]).all()
    assert set(causal["scope"].asstr()[:]) <= {"all", "layer", "head"}
    assert "key-pca-before" in causal["arm"].asstr()[:]
    check_nxdata(causal["attention"])
    assert causal["attention/tv"][:].max() <= 1


def check_moments(moments, model):
    """Triangles row by row: the first row is one value, the second two."""
    size = model.attrs["head_size"]
    assert moments["after/query"].shape == (model.attrs["layers"], model.attrs["heads"], size * (size + 1) // 2)
    rows, columns = np.tril_indices(size)
    matrix = np.zeros((size, size))
    matrix[rows, columns] = moments["after/key"][0, 0]
    assert (np.diag(matrix) >= 0).all()
    assert moments["after/mean"].shape == (model.attrs["layers"], model.attrs["kv_heads"], size)


def read(path):
    with h5py.File(path, "r") as f:
        assert f.attrs["format"] == "rankscope-session" and f.attrs["format_version"] == 1
        f.visititems(check_labels)
        for group in [f[f.attrs["default"]]] + [f[name] for name in ("baseline", "sweep") if name in f]:
            check_nxdata(group)
        if "causal" in f:
            check_causal(f["causal"])
        if "moments" in f:
            check_moments(f["moments"], f["model"])
        done = f["status/code"][:] == 0
        field, ranks = f["spectra/field"], f["ranks/field"][:]
        for layer in np.flatnonzero(f["status"].attrs["finished"]):
            sigma = field[layer, :, :, : field.attrs["components"][layer]]
            assert (k90(sigma)[done[layer]] == ranks[layer][done[layer]]).all(), layer
        assert (ranks[~done] == -1).all()
        print(f["model"].attrs["name"], *ranks[0].ravel())


def attributes(group, **values):
    for name, value in values.items():
        group.attrs[name] = value


def write(path):
    with h5py.File(path, "w") as f:
        attributes(f, format="rankscope-session", format_version=1, rankscope_version="h5py", created="2026-01-01T00:00:00Z")
        attributes(f.create_group("model"), name="Ẽ by h5py", family="llama", source="", fingerprint="", weight_types="F32 1",
                   layers=LAYERS, heads=HEADS, kv_heads=KV_HEADS, head_size=COMPONENTS, hidden_size=20)
        corpus = f.create_group("corpus")
        attributes(corpus, name="text", source="", sha256="", control="none", bos=np.uint8(0), window_length=LENGTH,
                   windows=WINDOWS, stride=LENGTH, seed=np.uint64(0))
        corpus["tokens"] = np.arange(WINDOWS * LENGTH, dtype="<i4").reshape(WINDOWS, LENGTH)
        run = f.create_group("run")
        attributes(run, threads=1, load_seconds=0.0, forward_seconds=0.0, spectra_seconds=0.0, total_seconds=0.0)
        status = f.create_group("status")
        status.attrs["finished"] = np.array([1, 0], dtype=np.uint8)
        status["code"] = np.array([[0] * HEADS, [1] * HEADS], dtype=np.uint8)
        status["reason"] = np.full((LAYERS, HEADS), b"", h5py.string_dtype("utf-8", 4))
        sigma = np.zeros((LAYERS, HEADS, WINDOWS, COMPONENTS))
        for head in range(HEADS):
            sigma[0, head, :, : head + 1] = 2.0  # head + 1 equal values: k90 is head + 1
        field = f.create_dataset("spectra/field", data=sigma)
        attributes(field, components=np.array([COMPONENTS, 0]), matrix_rows=np.array([LENGTH, 0]),
                   matrix_columns=np.array([LENGTH, 0]), truncated=np.zeros(LAYERS, np.uint8))


{"read": read, "write": write}[sys.argv[1]](sys.argv[2])
