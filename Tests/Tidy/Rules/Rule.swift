// SPDX-License-Identifier: Apache-2.0
/// Every rule that the tree is held to, by name.

enum Rule: String, CaseIterable, Sendable {
    case fileLength = "file-length"
    case lineLength = "line-length"
    case functionLength = "function-length"
    case engineSize = "engine-size"
    case pageLength = "page-length"

    case bannedWord = "banned-word"
    case hiddenInput = "hidden-input"
    case unstructuredTask = "unstructured-task"
    case uncheckedSafety = "unchecked-safety"
    case lockedFunction = "locked-function"

    case arrow = "arrow"
    case technology = "technology"

    case license = "license"
    case purpose = "purpose"

    case machinePath = "machine-path"
    case lockFile = "lock-file"
    case missingFile = "missing-file"
    case misplacedType = "misplaced-type"

    func breaches(in tree: Tree) -> [Breach] {
        switch self {
        case .fileLength: tree.sources.flatMap(Sizes.files)
        case .lineLength: tree.swift.flatMap(Sizes.lines)
        case .functionLength: tree.sources.flatMap(Sizes.functions)
        case .engineSize: Sizes.engine(tree.sources)
        case .pageLength: Sizes.pages(tree)
        case .bannedWord: tree.swift.flatMap(Words.banned)
        case .hiddenInput: tree.sources.flatMap(Words.hiddenInputs)
        case .unstructuredTask: tree.sources.flatMap(Words.unstructuredTasks)
        case .uncheckedSafety: tree.sources.flatMap(Words.uncheckedSafety)
        case .lockedFunction: tree.sources.flatMap(Words.lockedFunctions)
        case .arrow: tree.sources.flatMap(Arrows.within)
        case .technology: tree.sources.flatMap(Arrows.technologies)
        case .license: tree.sources.flatMap(Headers.license)
        case .purpose: tree.sources.flatMap(Headers.purpose)
        case .machinePath: Paths.machine(tree)
        case .lockFile: Paths.lockFiles(tree)
        case .missingFile: Paths.missing(tree)
        case .misplacedType: Types.misplaced(tree.sources)
        }
    }
}
