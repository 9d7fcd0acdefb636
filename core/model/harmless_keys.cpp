// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF HARMLESS KEYS, made from the configuration classes of the families and their base class in transformers
// (src/transformers/models/*/configuration_*.py, configuration_utils.py, generation/configuration_utils.py), from
// published config.json files, and from gguf-py/gguf/constants.py.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "core/model/model_source.h"
#include "core/model/passed_over.h"

namespace rankscope {

namespace {

// Names of files, people, programs and classes; how weights are stored and in which precision others compute; sizes
// that the tensors are checked for anyway.
constexpr std::string_view storage =
    " _attn_implementation _attn_implementation_autoset _commit_hash _flash_attn_2_enabled _name_or_path"
    " attention_softmax_in_fp32 attn_impl attn_implementation auto_map cache_implementation custom_pipelines dtype"
    " experts_implementation inference_runner init_device is_llama_config masked_softmax_fusion max_batch_size"
    " model_type name_or_path pad_key_length pre_allocate_kv_cache pretraining_tp reorder_and_upcast_attn"
    " scale_attention_softmax_in_fp32 slow_but_exact tensor_parallel tf_legacy_loss tokenizer_class tokenizer_name"
    " torch_dtype torchscript transformers.js_config transformers_version unsloth_fixed unsloth_version"
    " use_bfloat16 use_cache use_flash_attn use_flash_attention use_flash_attention_2 use_return_dict"
    " validate_runner_input verbose model_max_length n_ctx max_sequence_length max_seq_length"
    " max_position_embedding tokenizer_model_max_length tokenizer_padding_side expansion_ratio ff_factor language ";

// How weights were drawn and trained, and what is dropped in training only. What ends in "_token_id", "dropout" or
// "_pdrop", too, by the endings below.
constexpr std::string_view training =
    " activation_function_dropout aux_loss_alpha bias_dropout_fusion dropout attention_probs_dropout_prob"
    " hidden_dropout_prob emb_prob_drop resid_prob_drop finetuning_task freeze_mm_mlp_adapter"
    " gradient_checkpointing id2label init_config init_std initializer_range label2id layerdrop loss_type"
    " neftune_noise_alpha num_labels problem_type output_router_logits rescale_prenorm_residual"
    " router_aux_loss_coef router_jitter_noise summary_activation summary_proj_to_labels summary_type"
    " summary_use_proj task_specific_params use_reentrant_checkpointing z_loss_coefficient tie_encoder_decoder"
    " _num_labels base_model_tp_plan trl_version axolotl_config ";

// How text is generated and returned; GenerationConfig has most of these today.
constexpr std::string_view generation =
    " bad_words_ids begin_suppress_tokens chunk_size_feed_forward cross_attention_hidden_size diversity_penalty"
    " do_sample early_stopping encoder_no_repeat_ngram_size encoder_repetition_penalty epsilon_cutoff eta_cutoff"
    " exponential_decay_length_penalty forced_decoder_ids generation_config guidance_scale is_decoder"
    " length_penalty low_memory max_length max_new_tokens max_time min_length min_new_tokens no_repeat_ngram_size"
    " num_assistant_tokens num_beam_groups num_beams num_return_sequences output_attentions output_hidden_states"
    " output_scores penalty_alpha prefix prompt_lookup_num_tokens remove_invalid_values repetition_penalty"
    " return_dict return_dict_in_generate sequence_bias stop_strings suppress_tokens temperature"
    " tie_last_hidden_states top_k top_p min_p typical_p token_healing bos eos chat_template ";

// Of parts beside the language model, in a configuration that describes both.
constexpr std::string_view otherParts =
    " boi_token_index eoi_token_index image_token_index mm_tokens_per_image vision_config audio_config"
    " projector_hidden_act vision_feature_layer vision_feature_select_strategy image_seq_length"
    " multimodal_projector_bias ";

constexpr std::string_view harmlessEndings[] = {"_token_id", "_token_ids", "_tokens_id",   "_dropout",    "_pdrop",
                                                "_plan",     "_loss_coef", "_loss_weight", "_token_index"};

struct Switch {
    std::string_view keys;         // between single spaces
    std::string_view values;       // JSON array: harmless at these only
    std::string_view family = {};  // of this family only; empty: of all
};

// Switches that families here do not read, at the values that say what is done anyway.
constexpr Switch configSwitches[] = {
    {" activation ", R"(["swiglu"])", "llama"},              // Falcon 3, beside hidden_act
    {" activation_function ", R"(["gelu"])", "starcoder2"},  // published beside hidden_act, which is read
    {" apply_residual_connection_post_layernorm attention_bias attn_uses_sequence_id attn_bias"
     " add_cross_attention is_encoder_decoder lm_head_bias mlp_bias qk_layer_norms qk_layernorm"
     " scale_attn_by_inverse_layer_idx use_bias use_mrope use_parallel_residual use_qk_norm use_qkv_bias"
     " use_resampler use_sliding_window ",
     "[false]"},
    {" attention_head_type ", R"(["multihead"])", "gpt2"},
    {" attn_logit_softcapping final_logit_softcapping ", "[0, 0.0]"},
    {" embedding_fraction embedding_multiplier interpolate_factor logit_scale logits_scaling"
     " partial_rotary_factor residual_multiplier rotary_pct ",
     "[1, 1.0]"},
    {" ffn_config ", R"([{"ffn_type": "mptmlp"}, {"ffn_type": "mptmlp", "fc_type": "torch"}])", "mpt"},
    {" finetuned ", "[true]"},  // of YaRN: how the model came about
    {" full_attn_mod ", "[1]"},
    {" hidden_act ", R"(["gelu", "gelu_new", "gelu_pytorch_tanh"])", "gemma"},  // "gelu" means tanh's there
    {" hidden_act ", R"(["gelu", "gelu_new", "gelu_pytorch_tanh"])", "gemma2"},
    {" hidden_act ", R"(["gelu", "gelu_new", "gelu_pytorch_tanh"])", "gemma3"},
    {" learned_pos_emb ", "[true, false]", "mpt"},  // both without effect beside ALiBi
    {" mlp_type ", R"(["default"])", "starcoder2"},
    {" multi_query ", "[false]", "gpt2"},
    {" no_bias ", "[true]", "mpt"},
    {" norm_type ", R"(["layer_norm"])", "starcoder2"},
    {" norm_type ", R"(["low_precision_layernorm", "layernorm"])", "mpt"},
    {" num_mtp_modules num_nextn_predict_layers sliding_window ", "[0]"},
    {" offset_alibi ", "[100]", "bloom"},  // of Megatron's code; the published models are read without it
    {" output_projection ", "[true]", "opt"},
    {" qkv_bias ", "[true]", "qwen2"},
    {" rope_interleaved ", "[false]", "llama"},
    {" rotary ", "[true]", "gptj"},
    {" scale_attn_weights ", "[true]"},
    {" skip_bias_add ", "[true, false]", "bloom"},  // where a bias is added, not whether
    {" skip_bias_add_qkv ", "[true, false]", "bloom"},
};

// Keys of GGUF files, without the prefix of the family.
constexpr Switch ggufSwitches[] = {
    {" attention.clamp_kqv attention.max_alibi_bias attention.scale attention.temperature_scale"
     " attn_logit_softcapping final_logit_softcapping rope.scaling.alpha rope.scaling.yarn_log_multiplier ",
     "[0, 0.0]"},
    {" attention.max_alibi_bias ", "[8, 8.0]", "bloom"},
    {" attention.sliding_window expert_used_count expert_shared_count expert_group_count"
     " expert_group_used_count leading_dense_block_count nextn_predict_layers pooling_type ",
     "[0]"},
    {" embedding_scale logit_scale residual_scale rope.scaling.factor ", "[0, 0.0, 1, 1.0]"},
    {" rope.scaling.attn_factor rope.scaling.yarn_attn_factor ", "[1, 1.0]"},
    {" rope.scaling.yarn_ext_factor ", "[1, 1.0, -1, -1.0]"},
    {" use_parallel_residual ", "[false]"},
};

// Without effect in llama.cpp, whatever they say: sizes that are printed, layouts that the tensors show themselves.
constexpr std::string_view ggufUnread =
    " context_length embedding_length_out tensor_data_layout rope.scaling.finetuned rope.dimension_count"
    " classifier.output_labels rope.freq_base decoder_start_token_id ";

bool isSwitchAtRest(std::span<const Switch> switches, std::string_view family, std::string_view key,
                    const nlohmann::json& value) {
    return std::ranges::any_of(switches, [&](const Switch& row) {
        if (!hasWord(row.keys, key) || (!row.family.empty() && row.family != family))
            return false;
        const nlohmann::json values = nlohmann::json::parse(row.values);
        // JSON's 1 and true differ, 1 and 1.0 do not.
        return std::ranges::any_of(values, [&](const nlohmann::json& harmless) {
            return harmless == value && harmless.is_boolean() == value.is_boolean();
        });
    });
}

bool namesFullAttentionOnly(const nlohmann::json& value) {
    return value.is_array() &&
           std::ranges::all_of(value, [](const nlohmann::json& kind) { return kind == "full_attention"; });
}

// Classes of which the name says that attention looks both ways.
bool namesTwoWayModel(const nlohmann::json& value) {
    const std::string names = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return names.find("idirectional") != std::string::npos || names.find("MNTP") != std::string::npos;
}

bool isHarmlessInConfig(std::string_view family, std::string_view key, const nlohmann::json& value) {
    if (key == "architectures")
        return !namesTwoWayModel(value);
    for (const std::string_view words : {storage, training, generation, otherParts})
        if (hasWord(words, key))
            return true;
    if (std::ranges::any_of(harmlessEndings, [&](std::string_view ending) { return key.ends_with(ending); }))
        return true;
    if (key == "text_config")  // what holds it was read as the model
        return family == "gemma3";
    return key == "layer_types" ? namesFullAttentionOnly(value) : isSwitchAtRest(configSwitches, family, key, value);
}

}  // namespace

bool isHarmless(KeySource source, std::string_view family, std::string_view key, const nlohmann::json& value) {
    if (value.is_null() || ((value.is_structured() || value.is_string()) && value.empty()))
        return true;
    if (source == KeySource::config)
        return isHarmlessInConfig(family, key, value);
    return hasWord(ggufUnread, key) || isSwitchAtRest(ggufSwitches, family, key, value);
}

}  // namespace rankscope
