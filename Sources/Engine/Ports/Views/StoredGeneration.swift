// SPDX-License-Identifier: Apache-2.0
/// What a store of read models tells of a generation when it is opened.

/// A generation that a store holds.
public struct StoredGeneration: Sendable, Equatable {
    public let generation: ViewGeneration
    /// The version and the shape with which it was made.
    public let version: Int
    public let shape: String
    /// True for the one that readers see.
    public let isPublished: Bool
    public let cursors: [LogName: ViewCursor]

    public init(
        _ generation: ViewGeneration, version: Int, shape: String, isPublished: Bool,
        cursors: [LogName: ViewCursor]
    ) {
        self.generation = generation
        self.version = version
        self.shape = shape
        self.isPublished = isPublished
        self.cursors = cursors
    }
}
