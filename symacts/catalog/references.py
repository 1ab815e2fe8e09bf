"""The papers that the lesser-known rows come from; an identifier is given where it is known for certain."""

from symacts.spec import Reference

ARANDA = Reference(
    "Aranda-Ordaz, F. J.",
    1981,
    "On Two Families of Transformations to Additivity for Binary Response Data",
)
BASIRAT = Reference(
    "Basirat, M. and Roth, P. M.",
    2018,
    "The Quest for the Golden Activation Function",
    "arXiv:1808.00783",
)
BISWAS_EIS = Reference(
    "Biswas, K., Kumar, S., Banerjee, S. and Pandey, A. K.",
    2020,
    "EIS - A Family of Activation Functions Combining Exponential, ISRU, and Softplus",
    "arXiv:2009.13501",
)
BISWAS_ERF = Reference(
    "Biswas, K., Kumar, S., Banerjee, S. and Pandey, A. K.",
    2021,
    "ErfAct and Pserf: Non-monotonic Smooth Trainable Activation Functions",
    "arXiv:2109.04386",
)
BISWAS_SMU = Reference(
    "Biswas, K., Kumar, S., Banerjee, S. and Pandey, A. K.",
    2021,
    "SMU: Smooth Activation Function for Deep Networks using Smoothing Maximum Technique",
    "arXiv:2111.04682",
)
BISWAS_TANHSOFT = Reference(
    "Biswas, K., Kumar, S., Banerjee, S. and Pandey, A. K.",
    2020,
    "TanhSoft - A Family of Activation Functions Combining Tanh and Softplus",
    "arXiv:2009.03863",
)
BREBISSON = Reference(
    "de Brébisson, A. and Vincent, P.",
    2015,
    "An Exploration of Softmax Alternatives Belonging to the Spherical Loss Family",
    "arXiv:1511.05042",
)
CARLILE = Reference(
    "Carlile, B., Delamarter, G., Kinney, P., Marti, A. and Whitney, B.",
    2017,
    "Improving Deep Learning by Inverse Square Root Linear Units (ISRLUs)",
    "arXiv:1710.09967",
)
CHEN_AREL = Reference(
    "Chen, D., Li, J. and Xu, K.",
    2020,
    "AReLU: Attention-based Rectified Linear Unit",
    "arXiv:2006.13858",
)
CHEN_DERF = Reference(
    "Chen, M. et al.",
    2025,
    "Stronger Normalization-Free Transformers",
)
CHIENG = Reference(
    "Chieng, H. H., Wahid, N., Ong, P. and Perla, S. R. K.",
    2018,
    "Flatten-T Swish: a Thresholded ReLU-Swish-like Activation Function for Deep Learning",
    "arXiv:1812.06247",
)
CLEVERT = Reference(
    "Clevert, D.-A., Unterthiner, T. and Hochreiter, S.",
    2015,
    "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)",
    "arXiv:1511.07289",
)
COURBARIAUX = Reference(
    "Courbariaux, M., Bengio, Y. and David, J.-P.",
    2015,
    "BinaryConnect: Training Deep Neural Networks with Binary Weights during Propagations",
    "arXiv:1511.00363",
)
DAS = Reference(
    "Das, I. et al.",
    2025,
    "Gompertz Linear Units: Leveraging Asymmetry for Enhanced Learning Dynamics",
    "arXiv:2502.03654",
)
EGER = Reference(
    "Eger, S., Youssef, P. and Gurevych, I.",
    2018,
    "Is it Time to Swish? Comparing Deep Learning Activation Functions Across NLP tasks",
    "arXiv:1901.02671",
)
ELFWING = Reference(
    "Elfwing, S., Uchibe, E. and Doya, K.",
    2017,
    "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in Reinforcement Learning",
    "arXiv:1702.03118",
)
ELLIOTT = Reference(
    "Elliott, D. L.",
    1993,
    "A Better Activation Function for Artificial Neural Networks",
)
GEMMA = Reference(
    "Gemma Team",
    2024,
    "Gemma 2: Improving Open Language Models at a Practical Size",
    "arXiv:2408.00118",
)
GODFREY = Reference(
    "Godfrey, L. B.",
    2019,
    "An Evaluation of Parametric Activation Functions for Deep Learning",
)
HENDRYCKS = Reference(
    "Hendrycks, D. and Gimpel, K.",
    2016,
    "Gaussian Error Linear Units (GELUs)",
    "arXiv:1606.08415",
)
HORUZ = Reference(
    "Horuz, C. C. et al.",
    2025,
    "The Resurrection of the ReLU",
    "arXiv:2505.22074",
)
HUANG = Reference(
    "Huang, A. H.",
    2024,
    "Expanded Gating Ranges Improve Activation Functions",
    "arXiv:2405.20768",
)
JIN = Reference(
    "Jin, X. et al.",
    2015,
    "Deep Learning with S-shaped Rectified Linear Activation Units",
    "arXiv:1512.07030",
)
KAYTAN = Reference(
    "Kaytan, M., Aydilek, İ. B. and Yeroğlu, C.",
    2023,
    "Gish: A Novel Activation Function for Image Classification",
)
KONDA = Reference(
    "Konda, K., Memisevic, R. and Krueger, D.",
    2014,
    "Zero-Bias Autoencoders and the Benefits of Co-Adapting Features",
    "arXiv:1402.3337",
)
KONG = Reference(
    "Kong, S. and Takatsuka, M.",
    2017,
    "Hexpo: A Vanishing-Proof Activation Function",
)
KUMAR = Reference(
    "Kumar, R.",
    2022,
    "APTx: Better Activation Function than MISH, SWISH, and ReLU's Variants used in Deep Learning",
    "arXiv:2209.06119",
)
LECUN = Reference(
    "LeCun, Y., Bottou, L., Orr, G. B. and Müller, K.-R.",
    1998,
    "Efficient BackProp",
)
LEE = Reference(
    "Lee, S., Ping, W., Ginsburg, B., Catanzaro, B. and Yoon, S.",
    2022,
    "BigVGAN: A Universal Neural Vocoder with Large-Scale Training",
    "arXiv:2206.04658",
)
LIU_FINER = Reference(
    "Liu, Z. et al.",
    2023,
    "FINER: Flexible Spectral-Bias Tuning in Implicit NEural Representation by Variable-Periodic Activation Functions",
    "arXiv:2312.02434",
)
LIU_NLRELU = Reference(
    "Liu, Y., Zhang, J., Gao, C., Qu, J. and Ji, L.",
    2019,
    "Natural-Logarithm-Rectified Activation Function in Convolutional Neural Networks",
    "arXiv:1908.03682",
)
LIU_REACT = Reference(
    "Liu, Z., Shen, Z., Savvides, M. and Cheng, K.-T.",
    2020,
    "ReActNet: Towards Precise Binary Neural Network with Generalized Activation Functions",
    "arXiv:2003.03488",
)
LIU_TANHEXP = Reference(
    "Liu, X. and Di, X.",
    2020,
    "TanhExp: A Smooth Activation Function with High Convergence Speed for Lightweight Neural Networks",
    "arXiv:2003.09855",
)
LI_MPELU = Reference(
    "Li, Y., Fan, C., Li, Y., Wu, Q. and Ming, Y.",
    2016,
    "Improving Deep Neural Network with Multiple Parametric Exponential Linear Units",
    "arXiv:1606.00305",
)
LI_POLU = Reference(
    "Li, Y., Ding, P. L. K. and Li, B.",
    2018,
    "Training Neural Networks by Using Power Linear Units (PoLUs)",
    "arXiv:1802.00212",
)
LI_REPU = Reference(
    "Li, B., Tang, S. and Yu, H.",
    2019,
    "PowerNet: Efficient Representations of Polynomials and Smooth Functions by Deep Neural Networks "
    "with Rectified Power Units",
    "arXiv:1909.05479",
)
MA = Reference(
    "Ma, N., Zhang, X., Liu, M. and Sun, J.",
    2020,
    "Activate or Not: Learning Customized Activation",
    "arXiv:2009.04759",
)
MACEDO = Reference(
    "Macêdo, D., Zanchettin, C., Oliveira, A. L. I. and Ludermir, T.",
    2019,
    "Enhancing Batch Normalized Convolutional Networks using Displaced Rectifier Linear Units: A "
    "Systematic Comparative Study",
)
MA_MEGA = Reference(
    "Ma, X. et al.",
    2022,
    "Mega: Moving Average Equipped Gated Attention",
    "arXiv:2209.10655",
)
MCCULLOCH = Reference(
    "McCulloch, W. S. and Pitts, W.",
    1943,
    "A Logical Calculus of the Ideas Immanent in Nervous Activity",
    "doi:10.1007/BF02478259",
)
MILLER = Reference(
    "Miller, E.",
    2023,
    "Attention Is Off By One",
)
NAVEEN = Reference(
    "Naveen, P.",
    2022,
    "Phish: A Novel Hyper-Optimizable Activation Function",
)
NOEL_GCU = Reference(
    "Noel, M. M. et al.",
    2021,
    "Growing Cosine Unit: A Novel Oscillatory Activation Function That Can Speedup Training and Reduce "
    "Parameters in Convolutional Neural Networks",
    "arXiv:2108.12943",
)
NOEL_OSC = Reference(
    "Noel, M. M. et al.",
    2021,
    "Biologically Inspired Oscillating Activation Functions Can Bridge the Performance Gap between "
    "Biological and Artificial Neurons",
    "arXiv:2111.04020",
)
OORD = Reference(
    "van den Oord, A. et al.",
    2016,
    "Conditional Image Generation with PixelCNN Decoders",
    "arXiv:1606.05328",
)
OPENAI = Reference(
    "OpenAI",
    2025,
    "gpt-oss-120b & gpt-oss-20b Model Card",
    "arXiv:2508.10925",
)
PARISI = Reference(
    "Parisi, L., Ma, R., RaviChandran, N. and Lanzillotta, M.",
    2021,
    "hyper-sinh: An Accurate and Reliable Function from Shallow to Deep Learning in TensorFlow and Keras",
)
PATWARDHAN = Reference(
    "Patwardhan, N., Ingalhalikar, M. and Walambe, R.",
    2018,
    "ARiA: Utilizing Richard's Curve for Controlling the Non-monotonicity of the Activation Function in "
    "Deep Neural Nets",
    "arXiv:1805.08878",
)
PAUL = Reference(
    "Paul, A., Bandyopadhyay, R., Yoon, J. H., Geem, Z. W. and Sarkar, R.",
    2022,
    "SinLU: Sinu-Sigmoidal Linear Unit",
    "doi:10.3390/math10030337",
)
PRACH = Reference(
    "Prach, B. and Lampert, C. H.",
    2023,
    "1-Lipschitz Neural Networks are more expressive with N-Activations",
    "arXiv:2311.06103",
)
QIU = Reference(
    "Qiu, S., Xu, X. and Cai, B.",
    2017,
    "FReLU: Flexible Rectified Linear Units for Improving Convolutional Neural Networks",
    "arXiv:1706.08098",
)
RAMASINGHE = Reference(
    "Ramasinghe, S. and Lucey, S.",
    2021,
    "Beyond Periodicity: Towards a Unifying Framework for Activations in Coordinate-MLPs",
    "arXiv:2111.15135",
)
ROY = Reference(
    "Roy, S. K., Manna, S., Dubey, S. R. and Chaudhuri, B. B.",
    2019,
    "LiSHT: Non-Parametric Linearly Scaled Hyperbolic Tangent Activation Function for Neural Networks",
    "arXiv:1901.05894",
)
ROZSA = Reference(
    "Rozsa, A. and Boult, T. E.",
    2019,
    "Improved Adversarial Robustness by Reducing Open Space Risk via Tent Activations",
    "arXiv:1908.02435",
)
SCHUETT = Reference(
    "Schütt, K. T. et al.",
    2017,
    "SchNet: A Continuous-Filter Convolutional Neural Network for Modeling Quantum Interactions",
    "arXiv:1706.08566",
)
SEO = Reference(
    "Seo, Y., Kim, J. and Park, U.",
    2024,
    "Swish-T: Enhancing Swish Activation with Tanh Bias for Improved Neural Network Performance",
    "arXiv:2407.01012",
)
SHAMIR = Reference(
    "Shamir, G. I., Lin, D. and Coviello, L.",
    2020,
    "Smooth Activations and Reproducibility in Deep Networks",
    "arXiv:2010.09931",
)
SITZMANN = Reference(
    "Sitzmann, V., Martel, J. N. P., Bergman, A. W., Lindell, D. B. and Wetzstein, G.",
    2020,
    "Implicit Neural Representations with Periodic Activation Functions",
    "arXiv:2006.09661",
)
SO = Reference(
    "So, D. R. et al.",
    2021,
    "Primer: Searching for Efficient Transformers for Language Modeling",
    "arXiv:2109.08668",
)
SONG = Reference(
    "Song, Y. et al.",
    2024,
    "Turbo Sparse: Achieving LLM SOTA Performance with Minimal Activated Parameters",
    "arXiv:2406.05955",
)
TROTTIER = Reference(
    "Trottier, L., Giguère, P. and Chaib-draa, B.",
    2016,
    "Parametric Exponential Linear Unit for Deep Convolutional Neural Networks",
    "arXiv:1605.09332",
)
VAGERWAL = Reference(
    "Vagerwal, A.",
    2021,
    "Deeper Learning with CoLU Activation",
    "arXiv:2112.12078",
)
WORTSMAN = Reference(
    "Wortsman, M., Lee, J., Gilmer, J. and Kornblith, S.",
    2023,
    "Replacing softmax with ReLU in Vision Transformers",
    "arXiv:2309.08586",
)
XU_TANH = Reference(
    "Xu, B., Huang, R. and Li, M.",
    2016,
    "Revise Saturated Activation Functions",
    "arXiv:1602.05980",
)
YUEN = Reference(
    "Yuen, B., Hoang, M. T., Dong, X. and Lu, T.",
    2021,
    "Universal Activation Function for Machine Learning",
    "arXiv:2011.03842",
)
YU_SGELU = Reference(
    "Yu, C. and Su, Z.",
    2019,
    "Symmetrical Gaussian Error Linear Units (SGELUs)",
    "arXiv:1911.03925",
)
YU_STAR = Reference(
    "Yu, W. et al.",
    2022,
    "MetaFormer Baselines for Vision",
    "arXiv:2210.13452",
)
ZHANG_SERLU = Reference(
    "Zhang, G. and Li, H.",
    2018,
    "Effectiveness of Scaled Exponentially-Regularized Linear Units (SERLUs)",
    "arXiv:1807.10117",
)
ZHOU = Reference(
    "Zhou, Y., Li, D., Huo, S. and Kung, S.-Y.",
    2020,
    "Soft-Root-Sign Activation Function",
)
ZHU = Reference(
    "Zhu, J., Chen, X., He, K., LeCun, Y. and Liu, Z.",
    2025,
    "Transformers without Normalization",
    "arXiv:2503.10622",
)
ZHUO = Reference(
    "Zhuo, Z. et al.",
    2024,
    "Polynomial Composition Activations: Unleashing the Dynamics of Large Language Models",
    "arXiv:2411.03884",
)
ZIYIN = Reference(
    "Ziyin, L., Hartwig, T. and Ueda, M.",
    2020,
    "Neural Networks Fail to Learn Periodic Functions and How to Fix It",
    "arXiv:2006.08195",
)
