// Everything under one import: tensors, gradients, networks, training, photos, charts, reports, model files and processes.
@_exported import Autograd
@_exported import Charts
@_exported import Data
@_exported import Distributed
@_exported import ModelFormats
@_exported import NN
@_exported import Networks
@_exported import Optim
@_exported import Reports
@_exported import Serialization
@_exported import Tensor
@_exported import Training
