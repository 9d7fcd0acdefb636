// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The immutable document of one analysis: what was run, on what, and the spectra of every head. No Qt, no torch, no
// HDF5. A Session is shared as std::shared_ptr<const Session> and may be read from any thread. While a job runs it
// publishes one Session per finished layer; they share the layers that are done.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/measures/rank_measure.h"
#include "core/session/causal.h"
#include "core/session/optional_part.h"
#include "core/session/variant.h"
#include "core/statistics/distribution.h"
#include "core/text/corpus_file.h"

namespace rankscope {

// Hash of one tensor's bytes as they are stored, 32 hexadecimal digits.
struct TensorHash {
    std::string name, hash;
};

// Which model it was: see model_identity.h. While a run goes on, `fingerprint` is empty and `tensorHashes` holds what
// has been hashed, at least the tensors that the finished layers depend on.
struct ModelFacts {
    std::string name, family, source, fingerprint, weightTypes;
    std::string structure{};                 // of the configuration, names, types and shapes; empty in older files
    std::string tokenizer{};                 // of what can change a text's ids; empty: none, or an older file
    std::vector<TensorHash> tensorHashes{};  // by name
    std::string revision{};                  // commit of the repository it was downloaded from; empty: not known
    std::string givenName{};                 // what its file calls itself (general.name of GGUF); empty: nothing
    std::vector<std::string> files{};        // that were read, by their names below the model's folder
    int layers = 0, heads = 0, kvHeads = 0, headSize = 0, hiddenSize = 0;
    std::vector<double> scale;       // factor on query · key, per layer
    std::vector<std::string> notes;  // what a reader of the numbers must know: "soft-cap 50 is not part of Ẽ"
};

struct CorpusFacts {
    std::string name{}, source{}, sha256{};  // of several files: of the first "and 2 more", and of all their digests
    std::string control = "none";            // an id of controlTable()
    // Of a control that changes weights: what it left as trained ("", "gains", "biases", "gains,biases"), and the
    // standard deviation that weights as before training were drawn with; 0: another control, or a file that does not
    // say.
    std::string kept{};
    double initialDeviation = 0;
    bool deviationAssumed = false;  // the model does not state its own
    bool bos = false;
    bool plain = false;   // special tokens in the text were read as plain text
    std::string field{};  // of JSON records that the text was taken from; empty: the whole file
    int windowLength = 0, windows = 0, stride = 0;
    // Of the windows that the corpus was cut into these are numbers firstWindow … firstWindow + windows − 1, counted
    // from 0; a part of `allWindows`. 0: they are all.
    int firstWindow = 0, allWindows = 0;
    int skippedWindows = 0;  // of what the corpus was cut into, before the first: others calibrate with them
    std::uint64_t seed = 0;
    std::vector<TokenId> tokens{};      // [windows, windowLength]
    std::vector<std::string> pieces{};  // the same shape, or empty
    // Of a corpus that is more than one text: all its files, and the document of each window. Windows do not go from
    // one document into the next unless `acrossDocuments`; `documents` is empty then.
    std::vector<CorpusFile> files{};
    std::vector<WindowDocument> documents{};  // [windows], or empty
    bool acrossDocuments = false;

    bool operator==(const CorpusFacts&) const = default;
};

// "data.jsonl, record 12"; empty where the corpus is one text.
std::string documentName(const CorpusFacts& corpus, int window);

// Spectra of one variant in one layer.
struct LayerSpectra {
    Variant variant = Variant::field;
    int heads = 0;                       // query heads, or KV heads where the variant is per KV head
    int windows = 0;                     // 1 where the variant is not per window
    int components = 0;                  // stored singular values of each: d_h, d_h + 1, min(T, …)
    std::int64_t rows = 0, columns = 0;  // shape of the matrix itself
    std::vector<double> sigma;           // [heads, windows, components], descending; zeros after the last one found
    std::vector<double> energy;  // Σσ² of the whole matrix [heads, windows]; empty: the stored values are all of them

    // Where the energy is stored, the values end before the first zero: the ones after it were not looked for.
    SpectrumView at(int head, int window) const;
};

enum class HeadState : std::uint8_t { done = 0, pending = 1, failed = 2 };
std::string_view stateText(HeadState state);  // "done", "pending", "failed"

// Leading singular triples of Ẽ of window 0, enough to redraw it at any rank up to `rank`.
struct FieldFactors {
    int rank = 0;
    std::vector<float> queryVectors;  // [heads, T, rank], unit columns
    std::vector<float> keyVectors;    // [heads, T, rank], unit columns
    std::vector<float> sigma;         // [heads, rank]
};

struct LayerResult {
    std::vector<LayerSpectra> spectra;
    // By the ids of head_quantity.h, which says what each is and how long; those of a layer without any are absent.
    std::map<std::string_view, std::vector<double>> numbers{};
    FieldFactors factors;              // rank 0: not stored
    std::vector<HeadState> states;     // [heads]; a layer without attention heads has none
    std::vector<std::string> reasons;  // [heads]; empty unless failed

    const LayerSpectra* find(Variant variant) const;
    const std::vector<double>& number(std::string_view id) const;  // empty where there is none

    // Whether the spectra of `row`, a head or KV head, are there: not where one of the heads that they need failed.
    bool holds(const LayerSpectra& spectra, int row) const;
};

// What of the model and the windows was asked for.
struct RunScope {
    int firstLayer = 0, lastLayer = 0;  // with spectra
    int factorRank = 0;
    OptionalParts with{};
    bool loss = false;
    std::vector<int> shorterLengths{};  // of the sweep, ascending
    int seeds = 1;                      // draws of the control and of the Gaussian baseline

    bool operator==(const RunScope&) const = default;
};

struct RunFacts {
    std::string rankscopeVersion, created;  // ISO 8601, UTC
    int threads = 0;
    std::string device = "cpu";  // what the forward pass ran on
    double loadSeconds = 0, forwardSeconds = 0, spectraSeconds = 0, totalSeconds = 0;
    std::optional<double> loss;         // mean next-token loss, nats
    std::optional<double> unigramLoss;  // loss of always predicting the corpus' own token frequencies
    std::vector<std::string> warnings;
    std::optional<RunScope> scope{};  // nothing: a file that does not say
    bool finished = false;            // all of the scope is there
};

inline constexpr int maxSeeds = 64;         // of one session
inline constexpr int maxSweepLengths = 64;  // shorter than a session's own: more than anyone draws

struct Session {
    ModelFacts model;
    CorpusFacts corpus;
    RunFacts run;
    std::vector<std::shared_ptr<const LayerResult>> layers;  // [model.layers]; null: pending

    // What the same spectra are where nothing is learned and nothing is said: one spectrum per variant (one head, one
    // window) of factors drawn from a Gaussian with corpus.seed, of the shapes that this model and window length give.
    std::vector<LayerSpectra> baseline{};

    // The same windows cut off after fewer tokens: sessions of this model and corpus with a shorter windowLength,
    // ascending, with field variants and keys only and no sweep of their own. Empty unless several lengths were asked
    // for.
    std::vector<std::shared_ptr<const Session>> sweep{};

    // The same run with the seeds corpus.seed + 1, + 2, … : a control drawn again, with a baseline and a sweep of its
    // own; where nothing but the baseline is drawn, no layer is there.
    std::vector<std::shared_ptr<const Session>> draws{};

    // Of a causal check: its conditions, and the moments of the text that calibrated it. Moments of the session's own
    // windows where an analysis was asked for them. Null: none.
    std::shared_ptr<const CausalCheck> causal{};
    std::shared_ptr<const TextMoments> moments{};

    const LayerSpectra* baselineOf(Variant variant) const;  // null if it has none

    HeadState state(HeadRef head) const;
    std::string_view failureReason(HeadRef head) const;
    int finishedLayers() const;
    bool complete() const { return finishedLayers() == model.layers; }
    bool has(Variant variant) const;  // in at least one finished layer

    // The spectrum of one head; for a variant per KV head, that of the KV head it reads. Nothing unless the head is
    // done, and with it all heads that share a spectrum per KV head.
    std::optional<SpectrumView> spectrum(Variant variant, HeadRef head, int window = 0) const;
};

// "random-weights", "random-weights (gains,biases as trained)": the id with what tells it from another control of that
// id.
std::string controlId(const CorpusFacts& corpus);

using SessionPointer = std::shared_ptr<const Session>;

// The same model and windows, cut off after `windowLength` tokens, with nothing computed yet: what an entry of `sweep`
// begins as. Seconds, loss and warnings stay with the whole. REQUIRES 0 < windowLength < corpus.windowLength.
Session cutOff(const Session& session, int windowLength);

// cutOff() for each of `sweep`, with its results.
std::vector<SessionPointer> cutOffWith(const Session& session, const std::vector<SessionPointer>& sweep);

// The same model and windows with the seed corpus.seed + draw, with nothing computed yet: what an entry of `draws`
// begins as. Tokens stay those of the session; loss, warnings and seconds stay with it. REQUIRES 1 ≤ draw < maxSeeds.
Session drawnAgain(const Session& session, int draw);

// A head's number: median over windows, with its range. Windows 1 for the weights.
struct HeadValue {
    double median = 0, minimum = 0, maximum = 0;
    int windows = 0;
};
std::optional<HeadValue> headValue(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure);

// THE GAP of a head: the ratio of the two medians. Nothing where either is not known or the field's is 0.
struct HeadGap {
    HeadValue interaction, field;
    double ratio() const { return interaction.median / field.median; }
};
std::optional<HeadGap> headGap(const Session& session, Variant field, Variant interaction, HeadRef head,
                               const MeasureChoice& measure);
// Over interactionFor(field).
std::optional<double> headGap(const Session& session, Variant field, HeadRef head, const MeasureChoice& measure);

// p_i averaged over windows: the scree curve of a head, as far as every window's values go. Empty if the head has none.
std::vector<double> meanShares(const Session& session, Variant variant, HeadRef head);

// The loss that a model which was read correctly stays below on these windows: see "next-token loss" in the guide.
// Nothing where it cannot be known.
std::optional<double> lossBound(const Session& session);

// That the loss is above lossBound(): the model was probably not read correctly. Nothing where it is not, or where the
// text or the weights are a control's.
std::optional<std::string> lossWarning(const Session& session);

// Over all finished heads, and what they say together.
struct Finding {
    Distribution field, interaction, gap;  // over the heads of the field: query heads, or KV heads once each
    int heads = 0, failedHeads = 0;        // query heads
};
Finding findingOf(const Session& session, Variant field, const MeasureChoice& measure);

// headValue's median of every finished head that has one; of a variant per KV head, of every KV head once.
Distribution variantDistribution(const Session& session, Variant variant, const MeasureChoice& measure);

// What the Gaussian baseline is, one line, to be shown beside it.
std::string_view gaussianBaselineRule();

// The measure of the session's Gaussian baseline; nothing where none is stored or the measure cannot be known.
std::optional<double> baselineValue(const Session& session, Variant variant, const MeasureChoice& measure);

// The session and its sweep by window length, ascending. Valid as long as `session` is.
std::vector<const Session*> sessionsByLength(const Session& session);

// The heads of a model at one window length.
struct LengthPoint {
    int windowLength = 0;
    Distribution values;  // of the heads' medians over windows
    double baseline = 0;  // baselineValue at this length; NaN: none
};

// One point per window length that has values, ascending, the session's own included. A variant from the weights alone
// has the same value at every length.
std::vector<LengthPoint> lengthProfile(const Session& session, Variant variant, const MeasureChoice& measure);

}  // namespace rankscope
