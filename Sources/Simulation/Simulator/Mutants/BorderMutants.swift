// SPDX-License-Identifier: Apache-2.0
/// Planted bugs at the door: what becomes of requests, keys and answers.

import Contracts
import Invariants
import Kernel
import NodeEngine
import OrdersDomain
import Ports
import Synchronization

extension Mutant {
    static let borders = [
        Mutant("answer-made-anew-for-a-repeat", trips: .i1) { overrides in
            overrides.reply = { reply in
                guard reply.isReplayed else { return reply }
                return Reply(
                    status: reply.status, body: reply.body + [0x20], version: reply.version,
                    location: reply.location, isReplayed: true)
            }
        },
        Mutant("answer-refused-to-a-repeat", trips: .l1) { overrides in
            overrides.reply = { $0.isReplayed ? EngineProblem.outcomeUnknown.reply() : $0 }
        },
        // Nobody asks again for a cancel but who did not hear its answer.
        Mutant("cancel-refused-to-a-repeat", trips: .l1, needs: .network) { overrides in
            overrides.reply = { reply in
                reply.isReplayed && reply.status == 200
                    ? EngineProblem.outcomeUnknown.reply() : reply
            }
        },
        Mutant("answer-good-although-refused", trips: .o4, needs: .storage) { overrides in
            overrides.reply = { reply in
                guard reply.status == 503 else { return reply }
                return Reply(
                    status: 201, body: reply.body,
                    location: "/v1/orders/\(OrderID(UUIDv7(high: 0x7000, low: 1 << 63)).text)")
            }
        },
        Mutant("reader-sees-only-what-is-written", trips: .q7) { $0.recent = { _ in nil } },
        Mutant("reader-goes-back", trips: .o10) { overrides in
            let looks = Mutex(0)
            overrides.recent = { row in
                looks.withLock { looks in
                    looks += 1
                    return looks.isMultiple(of: 2) ? nil : row
                }
            }
        },
        Mutant("request-body-is-not-compared", trips: .i2, request: .ignoresBody),
        Mutant("request-key-follows-the-try", trips: .i3, request: .keysByTry),
        Mutant("request-key-without-its-owner", trips: .i5, request: .sharesKeys),
    ]

    private enum RequestFlaw: Sendable { case ignoresBody, keysByTry, sharesKeys }

    private init(_ name: String, trips rule: Rule, request flaw: RequestFlaw) {
        self.init(name, trips: rule) { overrides in
            overrides.input = { input in
                guard case .submission(let asked) = input, let request = asked.request,
                    case .place(let place)? = asked.command as? OrderCommand
                else { return input }
                let mistaken =
                    switch flaw {
                    case .ignoresBody: Request(identity: request.identity, fingerprint: 0)
                    case .keysByTry:
                        Request(
                            identity: InputID(high: place.order.raw.high, low: place.order.raw.low),
                            fingerprint: request.fingerprint)
                    case .sharesKeys:
                        Request(
                            identity: InputID(high: 0, low: request.identity.low % 61 + 1),
                            fingerprint: 0)
                    }
                return .submission(
                    Submission(
                        runner: asked.runner, command: asked.command, principal: asked.principal,
                        request: mistaken, trace: asked.trace, ticket: asked.ticket))
            }
        }
    }
}
