// SPDX-License-Identifier: Apache-2.0
/// Words that the sources may not hold, or only where the design gives them a home.

enum Words {
    /// Banned in comments and strings, too.
    private static let notes = ["TODO", "FIXME", "XXX", "-Ounchecked"]
    private static let calls = ["fatalError(", "try!"]

    static func banned(_ file: SourceFile) -> [Breach] {
        guard file.isIn(["Sources", "Package.swift"]) else { return [] }
        let bytes = Array(file.text.utf8)
        let noted = notes.flatMap { word in
            SourceFile.offsets(of: word, in: bytes).map { (word, $0) }
        }
        return (noted + found(calls, in: file)).map { word, offset in
            file.breach(.bannedWord, file.line(at: offset), "`\(word)`")
        }
    }

    private static let inputs = [
        "Date()", "Date.now", "UUID()", ".random(", ".randomElement()", ".shuffled()", ".shuffle()",
        "SystemRandomNumberGenerator", "Task.sleep", "ContinuousClock", "SuspendingClock",
    ]
    private static let mayReadTheWorld = [
        "Sources/Adapters/System", "Sources/Adapters/Sandbox", "Sources/Simulation",
        "Sources/Apps", "Sources/Engine/Runtime",
    ]

    /// What could differ between two runs is a parameter, except where the shell meets the world.
    static func hiddenInputs(_ file: SourceFile) -> [Breach] {
        guard !file.isIn(mayReadTheWorld) else { return [] }
        return found(inputs, in: file).map { word, offset in
            file.breach(
                .hiddenInput, file.line(at: offset), "`\(word)`: take it from Clock or Entropy")
        }
    }

    /// `Task { … }` in any spelling: nobody waits for it, nobody bounds it, nobody cancels it.
    static func unstructuredTasks(_ file: SourceFile) -> [Breach] {
        guard !file.isIn(["Sources/Simulation"]) else { return [] }
        return file.offsets(of: "Task").filter { isUnstructured($0, in: file) }.map { offset in
            file.breach(.unstructuredTask, file.line(at: offset), "use a task group or a Service")
        }
    }

    private static func isUnstructured(_ offset: Int, in file: SourceFile) -> Bool {
        guard !["extension", "struct", "enum", "class", "case"].contains(file.word(before: offset))
        else { return false }
        var next = offset + 4
        if next < file.code.count, file.code[next] == UInt8(ascii: ".") {
            let member = file.word(after: next + 1)
            if ["detached", "immediate", "immediateDetached"].contains(member.text) { return true }
            guard member.text == "init" else { return false }
            next = member.end
        }
        next = skip("<", ">", from: next, in: file.code)
        next = skip("(", ")", from: next, in: file.code)
        while next < file.code.count, file.code[next].isSpace { next += 1 }
        return next < file.code.count && file.code[next] == UInt8(ascii: "{")
    }

    /// Past the bracket that closes the one at `offset`; `offset` itself if none opens there.
    private static func skip(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, from offset: Int, in code: [UInt8]
    ) -> Int {
        guard offset < code.count, code[offset] == UInt8(ascii: open) else { return offset }
        var depth = 0
        for next in offset..<code.count {
            if code[next] == UInt8(ascii: open) { depth += 1 }
            if code[next] == UInt8(ascii: close) { depth -= 1 }
            if depth == 0 { return next + 1 }
        }
        return code.count
    }

    private static let unchecked = ["@unchecked Sendable", "nonisolated(unsafe)"]
    private static let mayBeUnchecked = ["Sources/Adapters", "Sources/Engine/Runtime"]
    /// How far above its word the reason may stand.
    private static let reasonDistanceMax = 3

    static func uncheckedSafety(_ file: SourceFile) -> [Breach] {
        found(unchecked, in: file).compactMap { word, offset in
            let line = file.line(at: offset)
            guard file.isIn(mayBeUnchecked) else {
                return file.breach(.uncheckedSafety, line, "`\(word)` outside Adapters and Runtime")
            }
            let above = file.lines[max(0, line - 1 - reasonDistanceMax)..<(line - 1)]
            let isReasoned = above.contains { $0.drop { $0 == " " }.hasPrefix("// SAFETY: ") }
            return isReasoned
                ? nil : file.breach(.uncheckedSafety, line, "`\(word)` without // SAFETY:")
        }
    }

    /// `Mutex` of a function type, or of a list of them: each access through the lock wraps such a
    /// value in one more thunk and writes that back.
    static func lockedFunctions(_ file: SourceFile) -> [Breach] {
        file.offsets(of: "Mutex").filter { isOfFunctions($0 + "Mutex".utf8.count, in: file.code) }
            .map { offset in
                file.breach(
                    .lockedFunction, file.line(at: offset), "keep the function in an object")
            }
    }

    /// Whether the list of types that opens at `offset` holds an arrow.
    private static func isOfFunctions(_ offset: Int, in code: [UInt8]) -> Bool {
        guard offset < code.count, code[offset] == UInt8(ascii: "<") else { return false }
        var depth = 0
        for next in offset..<code.count {
            switch code[next] {
            case UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: ">") where code[next - 1] == UInt8(ascii: "-"): return true
            case UInt8(ascii: ">"): depth -= 1
            default: break
            }
            if depth == 0 { return false }
        }
        return false
    }

    private static func found(_ words: [String], in file: SourceFile) -> [(String, Int)] {
        words.flatMap { word in file.offsets(of: word).map { (word, $0) } }
    }
}
