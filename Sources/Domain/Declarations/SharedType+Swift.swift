// SPDX-License-Identifier: Apache-2.0
/// The Swift enums of reasons and kinds.

extension SharedType {
    /// What stands in `Sources/Domain/Contracts/Generated/<name>.swift`; nil for types that are
    /// written by hand.
    var swift: String? {
        guard case .slugs(let slugs) = form else { return nil }
        var source = SourceText()
        source.line("// SPDX-License-Identifier: Apache-2.0")
        source.line(SourceText.notice)
        source.comment(about)
        source.line()
        source.line("public enum \(name): String, Sendable, CaseIterable {")
        for slug in slugs {
            source.comment(slug.about, 1)
            let text = kebab(slug.name)
            source.line(
                "case \(slug.name)" + (text == slug.name ? "" : " = \"\(text)\""), 1)
        }
        source.line("}")
        return source.text
    }
}
