// SPDX-License-Identifier: Apache-2.0
/// What a started program inherits: no signal ignored or blocked, whatever the program that starts
/// it does with signals. Files need no care on Linux, since all that is opened here (by NIO,
/// Foundation, SQLite) closes itself on exec. Here the systems differ.

import Foundation

enum SpawnActions {
    #if canImport(Darwin)
        typealias Actions = posix_spawn_file_actions_t?
        typealias Attributes = posix_spawnattr_t?
        private static let flags =
            POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
            | POSIX_SPAWN_CLOEXEC_DEFAULT

        private static func emptyActions() -> Actions { nil }
        private static func emptyAttributes() -> Attributes { nil }
    #else
        typealias Actions = posix_spawn_file_actions_t
        typealias Attributes = posix_spawnattr_t
        private static let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK

        private static func emptyActions() -> Actions { Actions() }
        private static func emptyAttributes() -> Attributes { Attributes() }
    #endif

    static func make() -> Actions {
        var actions = emptyActions()
        posix_spawn_file_actions_init(&actions)
        return actions
    }

    static func defaultSignals() -> Attributes {
        var attributes = emptyAttributes()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigemptyset(&all)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { sigaddset(&all, signal) }
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        return attributes
    }
}
