/// Every option that Keras writes for a class that Kilim reads, and what it means here.
///
/// An option that is not in a table is accepted where it is `null` or `false`, which is how Keras writes a new option that
/// is not used, and refused by name otherwise. A test holds the tables against the signatures of Keras's own classes.
package enum KerasTables {
  typealias Table = [String: KerasMeaning]

  /// The names of all options in the tables, by kind of object and class.
  package static var names: [String: [String: [String]]] {
    func names(_ tables: [String: Table]) -> [String: [String]] { tables.mapValues { $0.keys.sorted() } }
    return [
      "layers": names(layers), "input": names(["InputLayer": inputLayer]), "optimizers": names(optimizers),
      "schedules": names(schedules), "losses": names(losses), "metrics": names(metrics),
      "model": names(["Model": model, "compile": compile]),
      "training_only": ["classes": TrainingOnlyLayer.classes.sorted()],
    ]
  }

  private static let everyLayer: Table = [
    "name": .applied, "trainable": .applied, "dtype": .applied,
    "batch_input_shape": .harmless("Keras 2 repeats the shape of the model's input in its first layer"),
    "input_shape": .harmless("the same"),
  ]

  private static func layer(_ options: Table...) -> Table {
    options.reduce(everyLayer) { $0.merging($1) { $1 } }
  }

  private static func initializer(_ defaults: JSON...) -> KerasMeaning {
    .kept("first values, which those of the file replace", defaults)
  }

  private static let kernel: Table = [
    "kernel_initializer": initializer("GlorotUniform"),
    "kernel_regularizer": .training([]), "kernel_constraint": .training([]),
  ]
  private static let depthwiseKernel: Table = [
    "depthwise_initializer": initializer("GlorotUniform"),
    "depthwise_regularizer": .training([]), "depthwise_constraint": .training([]),
  ]
  private static let pointwiseKernel: Table = [
    "pointwise_initializer": initializer("GlorotUniform"),
    "pointwise_regularizer": .training([]), "pointwise_constraint": .training([]),
  ]
  private static let bias: Table = [
    "use_bias": .applied, "activation": .applied, "activity_regularizer": .training([]),
    "bias_initializer": initializer("Zeros"), "bias_regularizer": .training([]), "bias_constraint": .training([]),
  ]
  /// Options that tf.keras 2 writes for classes that do not use them.
  private static let inherited: Table = [
    "groups": .refused([1]), "kernel_initializer": .harmless("the class has kernels of other names"),
    "kernel_regularizer": .harmless("the same"), "kernel_constraint": .harmless("the same"),
  ]
  private static let window: Table = [
    "kernel_size": .applied, "strides": .applied, "padding": .applied, "dilation_rate": .applied,
    "data_format": .applied,
  ]
  private static let quantized: Table = [
    "lora_rank": .refused([]), "lora_alpha": .refused([]), "quantization_config": .refused([]),
    "quantization_mode": .refused([]),
  ]
  private static let pooling: Table = [
    "pool_size": .applied, "strides": .applied, "padding": .applied, "data_format": .applied,
  ]
  private static let globalPooling: Table = ["data_format": .applied, "keepdims": .applied]
  private static let seed: Table = ["seed": .kept("Kilim draws its own random numbers", [])]

  /// What Keras 2 writes of an attention that was called.
  private static let builtShape = KerasMeaning.harmless("the shapes follow from the inputs")

  private static let scaleAndShift: Table = [
    "epsilon": .applied, "center": .applied, "scale": .applied,
    "beta_initializer": initializer("Zeros"), "gamma_initializer": initializer("Ones"),
    "beta_regularizer": .training([]), "gamma_regularizer": .training([]),
    "beta_constraint": .training([]), "gamma_constraint": .training([]),
  ]

  private static let recurrent: Table = [
    "units": .applied, "activation": .applied, "use_bias": .applied, "dropout": .applied,
    "recurrent_dropout": .applied, "return_sequences": .applied, "return_state": .applied, "go_backwards": .applied,
    "kernel_initializer": initializer("GlorotUniform"), "recurrent_initializer": initializer("Orthogonal"),
    "bias_initializer": initializer("Zeros"),
    "kernel_regularizer": .training([]), "recurrent_regularizer": .training([]), "bias_regularizer": .training([]),
    "activity_regularizer": .training([]), "kernel_constraint": .training([]),
    "recurrent_constraint": .training([]), "bias_constraint": .training([]),
    "seed": .kept("Kilim draws its own random numbers", []), "stateful": .refused([false]),
    "time_major": .refused([false]), "unroll": .kept("how Keras computes the same numbers", [false]),
    "implementation": .harmless("how Keras computes the same numbers"),
    "use_cudnn": .harmless("how Keras computes the same numbers"),
    "zero_output_for_mask": .applied,
  ]
  private static let augmentation: Table = seed.merging([
    "data_format": .applied, "bounding_box_format": .harmless("images alone are changed"),
    "rng_type": .harmless("how Keras 2 draws random numbers"),
    "auto_vectorize": .harmless("how Keras 2 computes the same numbers"),
  ]) { $1 }
  private static let warp: Table = [
    "fill_mode": .applied, "fill_value": .applied, "interpolation": .applied,
  ]
  private static let gated: Table = ["recurrent_activation": .applied]

  /// The layers, by Keras's class.
  static let layers: [String: Table] = [
    "Conv2D": layer(kernel, bias, window, quantized, ["filters": .applied, "groups": .applied]),
    "Conv1D": layer(kernel, bias, window, quantized, ["filters": .applied, "groups": .applied]),
    "Conv1DTranspose": layer(
      kernel, bias, window, ["filters": .applied, "output_padding": .applied, "groups": .refused([1])]),
    "Conv2DTranspose": layer(
      kernel, bias, window, ["filters": .applied, "output_padding": .applied, "groups": .refused([1])]),
    "DepthwiseConv2D": layer(depthwiseKernel, bias, window, inherited, ["depth_multiplier": .applied]),
    "SeparableConv2D": layer(
      depthwiseKernel, pointwiseKernel, bias, window, inherited, ["filters": .applied, "depth_multiplier": .applied]),
    "DepthwiseConv1D": layer(depthwiseKernel, bias, window, inherited, ["depth_multiplier": .applied]),
    "SeparableConv1D": layer(
      depthwiseKernel, pointwiseKernel, bias, window, inherited, ["filters": .applied, "depth_multiplier": .applied]),
    "Conv3D": layer(kernel, bias, window, quantized, ["filters": .applied, "groups": .applied]),
    "ConvLSTM2D": layer(
      recurrent.filter { $0.key != "units" }, gated, window, ["filters": .applied, "unit_forget_bias": .applied]),
    "Dense": layer(kernel, bias, quantized, ["units": .applied]),
    "BatchNormalization": layer(
      scaleAndShift,
      [
        "axis": .applied, "momentum": .applied,
        "moving_mean_initializer": initializer("Zeros"), "moving_variance_initializer": initializer("Ones"),
        "synchronized": .kept("statistics of several devices; there is one", [false]),
        "renorm": .refused([false]), "renorm_clipping": .harmless("used with renorm alone"),
        "renorm_momentum": .harmless("used with renorm alone"),
        "virtual_batch_size": .training([]), "adjustment": .training([]),
        "fused": .harmless("how Keras 2 computes the same numbers"),
      ]),
    "RandomCrop": layer(augmentation, ["height": .applied, "width": .applied]),
    "RandomFlip": layer(augmentation, ["mode": .applied]),
    "RandomRotation": layer(
      augmentation, warp, ["factor": .applied, "value_range": .harmless("Keras 3.0 has it and does not use it")]),
    "RandomZoom": layer(augmentation, warp, ["height_factor": .applied, "width_factor": .applied]),
    "RandomTranslation": layer(augmentation, warp, ["height_factor": .applied, "width_factor": .applied]),
    "RandomShear": layer(augmentation, warp, ["x_factor": .applied, "y_factor": .applied]),
    "RandomContrast": layer(augmentation, ["factor": .applied, "value_range": .applied]),
    "RandomBrightness": layer(augmentation, ["factor": .applied, "value_range": .applied]),
    "Embedding": layer(
      quantized,
      [
        "input_dim": .applied, "output_dim": .applied, "embeddings_initializer": initializer("RandomUniform"),
        "embeddings_regularizer": .training([]), "activity_regularizer": .training([]),
        "embeddings_constraint": .training([]), "mask_zero": .applied,
        "input_length": .harmless("the shape of the input says it"),
        "weights": .refused([]),
      ]),
    "Masking": layer(["mask_value": .applied]),
    "SimpleRNN": layer(recurrent),
    "LSTM": layer(recurrent, gated, ["unit_forget_bias": .applied]),
    "GRU": layer(recurrent, gated, ["reset_after": .applied]),
    "CuDNNLSTM": layer(recurrent, ["unit_forget_bias": .applied]), "CuDNNGRU": layer(recurrent),
    "Bidirectional": layer([
      "layer": .applied, "merge_mode": .applied, "backward_layer": .applied, "weights": .refused([]),
    ]),
    "TimeDistributed": layer(["layer": .applied]),
    "MultiHeadAttention": layer(
      seed,
      [
        "num_heads": .applied, "key_dim": .applied, "value_dim": .applied, "dropout": .applied, "use_bias": .applied,
        "use_gate": .applied, "output_shape": .applied, "attention_axes": .applied, "sliding_window": .applied,
        "flash_attention": .harmless("how Keras computes the same numbers"),
        "kernel_initializer": initializer("GlorotUniform"), "bias_initializer": initializer("Zeros"),
        "kernel_regularizer": .training([]), "bias_regularizer": .training([]), "activity_regularizer": .training([]),
        "kernel_constraint": .training([]), "bias_constraint": .training([]),
        "use_causal_mask": .applied, "query_shape": builtShape, "key_shape": builtShape, "value_shape": builtShape,
      ]),
    "Attention": layer(
      seed,
      [
        "use_scale": .applied, "score_mode": .applied, "dropout": .applied, "use_causal_mask": .applied,
        "causal": .refused([false]),
      ]),
    "AdditiveAttention": layer(
      seed,
      [
        "use_scale": .applied, "dropout": .applied, "use_causal_mask": .applied, "causal": .refused([false]),
      ]),
    "LayerNormalization": layer(scaleAndShift, ["axis": .applied, "rms_scaling": .refused([false])]),
    "GroupNormalization": layer(scaleAndShift, ["axis": .applied, "groups": .applied]),
    "UnitNormalization": layer(["axis": .applied]),
    "RMSNormalization": layer(["axis": .applied, "epsilon": .applied]),
    "Normalization": layer(["axis": .applied, "mean": .applied, "variance": .applied, "invert": .applied]),
    "MaxPooling2D": layer(pooling), "AveragePooling2D": layer(pooling),
    "MaxPooling1D": layer(pooling), "AveragePooling1D": layer(pooling),
    "GlobalAveragePooling1D": layer(globalPooling), "GlobalMaxPooling1D": layer(globalPooling),
    "GlobalAveragePooling2D": layer(globalPooling), "GlobalMaxPooling2D": layer(globalPooling),
    "MaxPooling3D": layer(pooling), "AveragePooling3D": layer(pooling),
    "GlobalAveragePooling3D": layer(globalPooling), "GlobalMaxPooling3D": layer(globalPooling),
    "ZeroPadding3D": layer(["padding": .applied, "data_format": .applied]),
    "Cropping3D": layer(["cropping": .applied, "data_format": .applied]),
    "UpSampling3D": layer(["size": .applied, "data_format": .applied]),
    "SpatialDropout3D": layer(seed, ["rate": .applied, "data_format": .applied]),
    "ZeroPadding2D": layer(["padding": .applied, "data_format": .applied]),
    "ZeroPadding1D": layer(["padding": .applied, "data_format": .applied]),
    "Cropping2D": layer(["cropping": .applied, "data_format": .applied]),
    "Cropping1D": layer(["cropping": .applied]),
    "UpSampling2D": layer(["size": .applied, "interpolation": .applied, "data_format": .applied]),
    "UpSampling1D": layer(["size": .applied]),
    "Resizing": layer([
      "height": .applied, "width": .applied, "interpolation": .applied, "crop_to_aspect_ratio": .applied,
      "pad_to_aspect_ratio": .applied, "fill_mode": .applied, "fill_value": .applied, "antialias": .applied,
      "data_format": .applied,
    ]),
    "CenterCrop": layer(["height": .applied, "width": .applied, "data_format": .applied]),
    "LayerScale": layer(["init_values": .applied, "projection_dim": .applied]),
    "CustomScaleLayer": layer(["scale": .applied]),
    "StochasticDepth": layer(["drop_path_rate": .applied]),
    "Rescaling": layer(["scale": .applied, "offset": .applied]),
    "ActivityRegularization": layer([
      "l1": .applied, "l2": .applied, "activity_regularizer": .harmless("l1 and l2 say the same"),
    ]),
    "Dropout": layer(seed, ["rate": .applied, "noise_shape": .applied]),
    "SpatialDropout1D": layer(seed, ["rate": .applied]),
    "SpatialDropout2D": layer(seed, ["rate": .applied, "data_format": .applied]),
    "GaussianNoise": layer(seed, ["stddev": .applied]),
    "GaussianDropout": layer(seed, ["rate": .applied]),
    "AlphaDropout": layer(seed, ["rate": .applied, "noise_shape": .applied]),
    "Flatten": layer(["data_format": .applied]),
    "Reshape": layer(["target_shape": .applied]),
    "Permute": layer(["dims": .applied]),
    "RepeatVector": layer(["n": .applied]),
    "Activation": layer(["activation": .applied]),
    "ReLU": layer(["max_value": .applied, "negative_slope": .applied, "threshold": .applied]),
    "ThresholdedReLU": layer(["theta": .applied]),
    "PReLU": layer([
      "shared_axes": .applied, "alpha_initializer": initializer("Zeros"), "alpha_regularizer": .training([]),
      "alpha_constraint": .training([]),
    ]),
    "ELU": layer(["alpha": .applied]),
    "LeakyReLU": layer(["negative_slope": .applied, "alpha": .applied]),
    "Softmax": layer(["axis": .applied]),
    "Add": layer([:]), "Subtract": layer([:]), "Multiply": layer([:]), "Average": layer([:]),
    "Maximum": layer([:]), "Minimum": layer([:]),
    "Concatenate": layer(["axis": .applied]),
    "Dot": layer(["axes": .applied, "normalize": .applied]),
  ]

  /// The inputs of a model.
  static let inputLayer: Table = [
    "name": .harmless("the input of a model is written under a name of its own"),
    "batch_shape": .applied, "batch_input_shape": .applied, "dtype": .applied,
    "sparse": .refused([false]), "ragged": .refused([false]),
    "optional": .harmless("an input that is given is not left out"),
    "trainable": .harmless("an input has no variables"),
  ]

  /// The configuration of a model.
  static let model: Table = [
    "name": .harmless("a model is written under a name of its own"),
    "trainable": .applied, "layers": .applied, "input_layers": .applied, "output_layers": .applied,
    "build_input_shape": .applied, "dtype": .harmless("each layer has a type of its own"),
  ]

  private static let everyOptimizer: Table = [
    "name": .harmless("a name"), "learning_rate": .applied, "weight_decay": .applied,
    "clipnorm": .applied, "clipvalue": .applied, "global_clipnorm": .applied,
    "use_ema": .applied, "ema_momentum": .applied, "ema_overwrite_frequency": .applied,
    "gradient_accumulation_steps": .applied, "loss_scale_factor": .refused([1]),
    "decay": .refused([0]), "jit_compile": .harmless("how Keras computes the same numbers"),
    "is_legacy_optimizer": .harmless("which of two classes of tf.keras it was; both have the same formula"),
  ]
  private static let moments = optimizer("beta_1", "beta_2", "epsilon")
  private static let adam = optimizer("beta_1", "beta_2", "epsilon", "amsgrad")

  private static func optimizer(_ options: String...) -> Table {
    options.reduce(into: everyOptimizer) { $0[$1] = .applied }
  }

  /// The optimizers, by Keras's class.
  static let optimizers: [String: Table] = [
    "Adam": adam, "AdamW": adam,
    "SGD": optimizer("momentum", "nesterov"), "RMSprop": optimizer("rho", "momentum", "epsilon", "centered"),
    "Adagrad": optimizer("initial_accumulator_value", "epsilon"), "Adadelta": optimizer("rho", "epsilon"),
    "Adamax": moments, "Nadam": moments, "Lamb": moments, "Lion": optimizer("beta_1", "beta_2"),
  ]

  /// The schedules of a learning rate, by Keras's class.
  static let schedules: [String: Table] = [
    "PiecewiseConstantDecay": ["name": .harmless("a name"), "boundaries": .applied, "values": .applied],
    "ExponentialDecay": [
      "name": .harmless("a name"), "initial_learning_rate": .applied, "decay_steps": .applied,
      "decay_rate": .applied, "staircase": .applied,
    ],
    "CosineDecay": [
      "name": .harmless("a name"), "initial_learning_rate": .applied, "decay_steps": .applied, "alpha": .applied,
      "warmup_target": .applied, "warmup_steps": .applied,
    ],
    "CosineDecayRestarts": [
      "name": .harmless("a name"), "initial_learning_rate": .applied, "first_decay_steps": .applied,
      "t_mul": .applied, "m_mul": .applied, "alpha": .applied,
    ],
    "PolynomialDecay": [
      "name": .harmless("a name"), "initial_learning_rate": .applied, "decay_steps": .applied,
      "end_learning_rate": .applied, "power": .applied, "cycle": .applied,
    ],
    "InverseTimeDecay": [
      "name": .harmless("a name"), "initial_learning_rate": .applied, "decay_steps": .applied,
      "decay_rate": .applied, "staircase": .applied,
    ],
  ]

  private static let everyLoss: Table = [
    "name": .harmless("a name"),
    "reduction": .refused(["sum_over_batch_size", "mean", "auto"]),
    "dtype": .applied,
    // Keras 2 and the first versions of Keras 3 name the function here.
    "fn": .applied,
  ]
  private static let crossEntropy: Table = everyLoss.merging(
    ["from_logits": .applied, "label_smoothing": .applied, "axis": .refused([.number(-1)])]) { $1 }

  /// The losses, by Keras's class.
  static let losses: [String: Table] = [
    "CategoricalCrossentropy": crossEntropy, "BinaryCrossentropy": crossEntropy,
    "SparseCategoricalCrossentropy": everyLoss.merging(
      ["from_logits": .applied, "ignore_class": .applied, "axis": .refused([.number(-1)])]) { $1 },
    "MeanSquaredError": everyLoss, "MeanAbsoluteError": everyLoss, "MeanAbsolutePercentageError": everyLoss,
    "MeanSquaredLogarithmicError": everyLoss, "Huber": everyLoss.merging(["delta": .applied]) { $1 },
    "LogCosh": everyLoss, "Poisson": everyLoss, "Hinge": everyLoss, "SquaredHinge": everyLoss,
    "CategoricalHinge": everyLoss, "KLDivergence": everyLoss,
    "CosineSimilarity": everyLoss.merging(["axis": .refused([.number(-1)])]) { $1 },
    "BinaryFocalCrossentropy": crossEntropy.merging(
      ["apply_class_balancing": .applied, "alpha": .applied, "gamma": .applied]) { $1 },
    "CategoricalFocalCrossentropy": crossEntropy.merging(["alpha": .applied, "gamma": .applied]) { $1 },
  ]

  private static let everyMetric: Table = [
    "name": .harmless("the file's own description is written again"), "dtype": .applied,
  ]
  private static let answers: Table = everyMetric.merging(
    ["thresholds": .applied, "top_k": .applied, "class_id": .applied]) { $1 }
  /// The function of a metric that is the mean of a loss.
  private static let lossMetric: Table = everyMetric.merging(["fn": .harmless("follows from the class")]) { $1 }
  private static let topK: Table = everyMetric.merging(["k": .applied, "from_sorted_ids": .refused([false])]) { $1 }

  /// The metrics that become metrics of Kilim, by Keras's class. A metric with an option that is refused is ignored,
  /// as one of another class is: metrics change nothing. Both are written again.
  static let metrics: [String: Table] = [
    "CategoricalAccuracy": everyMetric, "SparseCategoricalAccuracy": everyMetric,
    "BinaryAccuracy": everyMetric.merging(["threshold": .applied]) { $1 },
    "TopKCategoricalAccuracy": topK, "SparseTopKCategoricalAccuracy": topK,
    "Precision": answers, "Recall": answers,
    "F1Score": everyMetric.merging(["average": .applied, "threshold": .applied]) { $1 },
    "FBetaScore": everyMetric.merging(["average": .applied, "threshold": .applied, "beta": .applied]) { $1 },
    "AUC": everyMetric.merging([
      "num_thresholds": .applied, "thresholds": .applied, "curve": .applied, "summation_method": .applied,
      "multi_label": .applied, "label_weights": .applied, "from_logits": .applied,
      "num_labels": .harmless("follows from the outputs"),
    ]) { $1 },
    "R2Score": everyMetric.merging(["class_aggregation": .applied, "num_regressors": .applied]) { $1 },
    "RootMeanSquaredError": everyMetric, "MeanAbsoluteError": lossMetric, "MeanSquaredError": lossMetric,
    "MeanAbsolutePercentageError": lossMetric, "MeanSquaredLogarithmicError": lossMetric, "LogCoshError": lossMetric,
    "Poisson": lossMetric, "KLDivergence": lossMetric, "Hinge": lossMetric, "SquaredHinge": lossMetric,
    "CategoricalHinge": lossMetric, "CosineSimilarity": lossMetric.merging(["axis": .refused([.number(-1)])]) { $1 },
    "BinaryCrossentropy": lossMetric.merging(["from_logits": .applied, "label_smoothing": .applied]) { $1 },
    "CategoricalCrossentropy": lossMetric.merging(
      ["from_logits": .applied, "label_smoothing": .applied, "axis": .refused([.number(-1)])]) { $1 },
    "SparseCategoricalCrossentropy": lossMetric.merging(
      ["from_logits": .applied, "ignore_class": .refused([]), "axis": .refused([.number(-1)])]) { $1 },
  ]

  /// How a model was compiled.
  static let compile: Table = [
    "optimizer": .applied, "loss": .applied, "metrics": .applied, "weighted_metrics": .applied,
    "loss_weights": .applied,
    "run_eagerly": .kept("how Keras computes the same numbers", [false]),
    "steps_per_execution": .kept("how Keras computes the same numbers", [1]),
    "jit_compile": .kept("how Keras computes the same numbers", []),
    "auto_scale_loss": .harmless("used with mixed precision alone, which is refused"),
  ]
}
