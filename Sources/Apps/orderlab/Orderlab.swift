// SPDX-License-Identifier: Apache-2.0
/// `orderlab`: what proves the house.
import ArgumentParser
@main struct Orderlab: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "orderlab", abstract: "Proves the house.") }
