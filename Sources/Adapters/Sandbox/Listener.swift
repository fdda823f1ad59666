// SPDX-License-Identifier: Apache-2.0
/// Who is told what the sandbox says unasked: an object, so that a lock can hold it.
///
/// A function value that a generic container such as `Mutex` holds is wrapped in a thunk at each
/// access and written back with it: a chain of calls that grows for as long as the process runs.
final class Listener<Notice: Sendable>: Sendable {
    let hear: @Sendable ([Notice]) -> Void

    init(_ hear: @escaping @Sendable ([Notice]) -> Void) { self.hear = hear }
}
