// SPDX-License-Identifier: Apache-2.0
/// Writes what follows from the declarations of facts into the checkout that it is started in:
/// `make contracts`.

import ContractDeclarations
import Foundation

@main
enum MakeContracts {
    static func main() throws {
        for file in GeneratedFile.all {
            let place = URL(filePath: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: place, options: .atomic)
            print(file.path)
        }
    }
}
