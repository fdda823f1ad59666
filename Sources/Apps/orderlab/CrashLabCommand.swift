// SPDX-License-Identifier: Apache-2.0
/// `orderlab crashlab`: the real program killed at every write, on failing and on full disks.

import ArgumentParser
import CrashLabs
import Foundation
import Program
import Synchronization

struct CrashLabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashlab",
        abstract: "Kill the program at each of its writes, fail its system calls, compare.",
        discussion: """
            A small job takes orders through their whole lives. The program is killed at its \
            1st, 2nd, 3rd … write-like system call, and again while it recovers; the same calls \
            fail with EIO and ENOSPC, once and for good. After each, it is started again and \
            compared with what its client was told. Exits 1 when something is wrong, and keeps \
            the evidence; exits 69 where strace can't trace.
            """)

    @OptionGroup var binary: BinaryOption

    @Option(help: "Cases at a time.")
    var jobs = 3

    @Option(help: "Strike every how-many-th place; 1 is all of them, 0 is none.")
    var stride = 1

    @Option(help: "Every how-many-th kill is followed by a second one; 0 is none.")
    var deepEvery = 40

    @Option(help: "Strike every how-many-th place of such a recovery.")
    var deepStride = 6

    @Option(help: "Every how-many-th place fails with EIO and ENOSPC; 0 is none.")
    var failStride = 3

    @Option(help: "Begin no new case after so many seconds; until all is struck if it is not said.")
    var seconds: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard jobs > 0, stride >= 0, deepEvery >= 0, deepStride > 0, failStride >= 0 else {
            throw ValidationError("Counts are positive.")
        }
    }

    func run() async throws {
        guard await CrashLab.isPossible else {
            say("orderlab: strace can't trace here.")
            throw ExitCode(69)
        }
        var plan = CrashPlan(binary: binary.path)
        plan.jobs = jobs
        plan.stride = stride
        plan.deepEvery = deepEvery
        plan.deepStride = deepStride
        plan.failStride = failStride
        plan.secondsMax = seconds
        let cases = Atomic<Int>(0)
        let report = await CrashLab.run(plan) { report in
            let count = cases.wrappingAdd(1, ordering: .relaxed).newValue
            guard count % 50 == 0 else { return }
            say("\(count) cases, \(report.strikes) strikes, \(report.findings.count) findings")
        }
        if json { try put(report) } else { report.lines.forEach { print($0) } }
        if !report.passed { throw ExitCode(1) }
    }
}

struct PowerCutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "powercut",
        abstract: "Cut the power under the program, again and again, and compare.",
        discussion: """
            The house works on an ext4 disk in a file, which is shut down without a flush of its \
            log: what was not flushed is gone. A control run that does not flush its commits \
            must lose something. A second disk is filled up and emptied again. Exits 1 when \
            something is wrong, and keeps the evidence; exits 69 where loop devices are not \
            permitted.
            """)

    @OptionGroup var binary: BinaryOption

    @Option(help: "Cuts under load.")
    var cuts = 200

    @Option(help: "Cuts in the first moments of a new house.")
    var foundingCuts = 20

    @Option(help: "Cuts of the control run; 0 leaves it out.")
    var controlCuts = 20

    @Option(help: "The seed of all random draws.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        var plan = PowerCutPlan(binary: binary.path)
        plan.cuts = cuts
        plan.foundingCuts = foundingCuts
        plan.controlCuts = controlCuts
        plan.unflushed = controlCuts > 0 ? Bundle.main.executablePath : nil
        plan.seed = seed
        var report = await PowerCutLab.run(plan)
        if report.isPermitted { report.add(await FullDiskLab.run(binary: binary.path)) }
        if json { try put(report) } else { report.lines.forEach { print($0) } }
        guard report.isPermitted else { throw ExitCode(69) }
        if !report.passed { throw ExitCode(1) }
    }
}

private func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
