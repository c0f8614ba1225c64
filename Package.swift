// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mdlm",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MDLM", targets: ["MDLM"]),
    .executable(name: "mdlm", targets: ["MDLMCommand"]),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CVectorKernels"),
    .target(name: "MDLM", dependencies: ["COpenBLAS", "CVectorKernels"]),
    .executableTarget(name: "MDLMCommand", dependencies: ["MDLM"]),
    .testTarget(
      name: "MDLMTests",
      dependencies: ["CVectorKernels", "MDLM"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "MDLMCommandTests", dependencies: ["MDLMCommand", "MDLM"]),
  ]
)
