// SPDX-License-Identifier: Apache-2.0
/// Reports for operators, read from a house's read models while it runs or rests.

import Foundation
import Ports
import ReportingDomain
package import ReportingService
import SQLiteAdapter
import ServiceModel
import SystemAdapter

package struct ReportTool: Sendable {
    private let data: String

    package init(data: String) throws {
        guard try DataDirectory.manifest(of: data) != nil else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
    }

    /// The report of these options; see `ReportQuestion`.
    package func report(
        _ kind: ReportQuestion.Kind, _ option: (ReportQuestion.Option) -> String?
    ) async throws -> SalesReport {
        do {
            let question = try ReportQuestion(kind, zones: SystemTimeZones(), option: option)
            return try await SalesReport(
                question, from: SQLiteViewReader(path: ReadSide.path(data)))
        } catch let error as ProblemError {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: ProblemError) -> HouseFailure {
        guard error.fields.isEmpty else {
            let faults = error.fields.map { "--\($0.pointer.dropFirst()): \($0.detail)" }
            return .badSettings(faults.joined(separator: "\n"))
        }
        switch error.problem {
        case RequestProblem.notReady, RequestProblem.readUnavailable:
            return .unusableData(
                "The projection sales is not filled yet: start the house, or run "
                    + "`orderhouse rebuild sales`.")
        default: return .unusableData(error.problem.title)
        }
    }

    /// The days, in UTC, of an hour ago and after today.
    package static var today: (from: String, to: String) {
        let seconds = Int64(Date().timeIntervalSince1970)
        let (first, last) = ((seconds - 3_600) / 86_400, seconds / 86_400)
        return (LocalDate(days: first).text, LocalDate(days: last + 1).text)
    }
}
