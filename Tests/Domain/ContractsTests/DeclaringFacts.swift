// SPDX-License-Identifier: Apache-2.0
/// A fact is declared once: what is written from the declarations is what they say today, and the
/// schema is true of what facts look like.

import ContractDeclarations
import Foundation
import JSONCodec
import Kernel
import Testing

@Suite struct `Declaring facts` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardized

    @Test(arguments: GeneratedFile.all.map(\.path))
    func `is followed by make contracts`(_ path: String) throws {
        let file = try #require(GeneratedFile.all.first { $0.path == path })
        let written = try? String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        #expect(written == file.text, "\(path) is not what is declared: run make contracts")
    }

    /// So that neither file outgrows what Tidy allows as facts are added.
    @Test(arguments: Context.all)
    func `keeps readers and writers in a file of their own`(_ context: Context) throws {
        let type = "\(context.events)"
        func text(_ name: String) throws -> String {
            try #require(GeneratedFile.all.first { $0.path.hasSuffix("/\(name).swift") }).text
        }
        let declared = try text(type)
        let wire = try text("\(type)+Wire")
        #expect(declared.contains("enum \(type)") && !wire.contains("enum \(type)"))
        for word in ["WireWriter", "WireReader"] {
            #expect(wire.contains(word) && !declared.contains(word))
        }
    }

    @Test func `leaves no generated file behind`() throws {
        let folder = "Sources/Domain/Contracts/Generated"
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: folder).path())
        let declared = Set(GeneratedFile.all.map(\.path))
        for file in files { #expect(declared.contains("\(folder)/\(file)"), "\(file)") }
    }

    @Test func `gives no code and no name twice`() {
        for context in Context.all {
            let names = context.events.names
            #expect(Set(names.map(\.code)).count == names.count, "\(context.noun)")
        }
        let all = Context.all.flatMap { $0.events.names.map(\.text) }
        #expect(Set(all).count == all.count)
    }

    @Test(arguments: Context.all)
    func `has a schema that every golden file follows`(_ context: Context) throws {
        let schema = try Schema()
        for name in context.events.names {
            let golden = try String(
                contentsOf: Self.root.appending(
                    path: "Tests/Domain/ContractsTests/Golden/\(name).json"), encoding: .utf8)
            let document = try JSONDocument(parsing: Array(golden.utf8))
            #expect(document.root.elements.count > 0)
            for sample in document.root.elements {
                #expect(schema.complaint(about: sample, name.text) == nil, "\(name)")
            }
        }
    }

    /// A new fact is read and written in both forms before anybody has made a sample of it.
    @Test(arguments: Context.all)
    func `has a sample that is read and written as it is declared`(_ context: Context) throws {
        let file = try #require(GeneratedFile.all.first { $0.path.hasSuffix("samples.json") })
        let root = try JSONDocument(parsing: Array(file.text.utf8)).root
        let schema = try Schema()
        for name in context.events.names {
            let sample = try #require(root[name.text], "\(name)")
            #expect(schema.complaint(about: sample, name.text) == nil, "\(name)")
            var text = JSONWriter()
            text.value(sample)
            let json = String(decoding: text.bytes, as: UTF8.self)
            func check<Event: Sampled>(_ events: Event.Type) throws {
                let event = try Event(json: json, as: name)
                #expect(event.json == json, "\(name)")
                #expect(try Event(binary: event.binary, as: name) == event)
            }
            try check(context.events)
        }
    }

    @Test func `has a schema that refuses what is not declared`() throws {
        let schema = try Schema()
        func complaint(_ text: String, _ name: String) throws -> String? {
            schema.complaint(about: try JSONDocument(parsing: Array(text.utf8)).root, name)
        }
        let paid = #"{"order":"ord_01m6e22wg0ek9828t5cy4tqkff"}"#
        #expect(try complaint(paid, "order.paid.v1") == nil)
        #expect(try complaint("{}", "order.paid.v1") != nil)
        #expect(try complaint(#"{"order":7}"#, "order.paid.v1") != nil)
        #expect(
            try complaint(
                #"{"order":"ord_01m6e22wg0ek9828t5cy4tqkff","by":"me"}"#, "order.paid.v1") != nil)
        #expect(
            try complaint(
                #"{"order":"ord_01m6e22wg0ek9828t5cy4tqkff","reason":"whim"}"#,
                "order.exception.v1") != nil)
    }
}

/// As much of JSON Schema as the declarations use.
private struct Schema {
    private let root: JSONView

    init() throws {
        let file = try #require(GeneratedFile.all.first { $0.path.hasSuffix("schema.json") })
        root = try JSONDocument(parsing: Array(file.text.utf8)).root
    }

    /// What is wrong with `value` as a `definition`; nil when nothing is.
    func complaint(about value: JSONView, _ definition: String) -> String? {
        guard let schema = root["$defs"]?[definition] else { return "no definition \(definition)" }
        return complaint(about: value, schema, definition)
    }

    private func complaint(about value: JSONView, _ schema: JSONView, _ path: String) -> String? {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.dropFirst("#/$defs/".count))
            return complaint(about: value, name).map { "\(path): \($0)" }
        }
        if let cases = schema["oneOf"] {
            let fitting = cases.elements.filter { complaint(about: value, $0, path) == nil }
            return fitting.count == 1 ? nil : "\(path) fits \(fitting.count) cases"
        }
        if let constant = schema["const"]?.string {
            return value.string == constant ? nil : "\(path) is not \(constant)"
        }
        if let allowed = schema["enum"] {
            let isAllowed = allowed.elements.contains { $0.string == value.string }
            return isAllowed ? nil : "\(path) is none of the enum"
        }
        return complaintByType(about: value, schema, path)
    }

    private func complaintByType(
        about value: JSONView, _ schema: JSONView, _ path: String
    ) -> String? {
        switch schema["type"]?.string {
        case "integer": return value.int64 == nil ? "\(path) is no integer" : nil
        case "boolean": return value.bool == nil ? "\(path) is no truth value" : nil
        case "string":
            guard let text = value.string else { return "\(path) is no string" }
            guard let pattern = schema["pattern"]?.string else { return nil }
            let isMatch = text.range(of: pattern, options: .regularExpression) != nil
            return isMatch ? nil : "\(path) does not match \(pattern)"
        case "array":
            guard value.kind == .array, let items = schema["items"] else { return "\(path)" }
            return value.elements.lazy.compactMap { self.complaint(about: $0, items, path) }.first
        case "object": return complaintByMembers(about: value, schema, path)
        default: return "\(path) has no type"
        }
    }

    private func complaintByMembers(
        about value: JSONView, _ schema: JSONView, _ path: String
    ) -> String? {
        guard value.kind == .object, let properties = schema["properties"],
            let required = schema["required"], schema["additionalProperties"]?.bool == false
        else { return "\(path) is no closed object" }
        for name in required.elements.compactMap(\.string) where value[name] == nil {
            return "\(path) lacks \(name)"
        }
        var found: String?
        value.forEachMember { name, member in
            guard found == nil else { return }
            guard let property = properties[name] else {
                return found = "\(path) has an undeclared \(name)"
            }
            found = complaint(about: member, property, "\(path).\(name)")
        }
        return found
    }
}
