// SPDX-License-Identifier: Apache-2.0
/// The shop's names of countries as ISO 3166-1 codes.

package import Contracts

package enum RetailCountries {
    /// `XX`, which ISO 3166 leaves to users: no country, or none that can be told.
    package static let unknown = country("XX")

    /// The country that the shop calls `name`, in any letter case and with blanks around it.
    package static func country(named name: String) -> Country? {
        codes[name.lowercased()].map(country)
    }

    /// The 43 names of the files of 2009 to 2011. The Channel Islands are two territories without a
    /// common code; most of their people live on Jersey. West Indies, European Community and
    /// Unspecified are no country.
    private static let codes = [
        "australia": "AU", "austria": "AT", "bahrain": "BH", "belgium": "BE", "bermuda": "BM",
        "brazil": "BR", "canada": "CA", "channel islands": "JE", "cyprus": "CY",
        "czech republic": "CZ", "denmark": "DK", "eire": "IE", "european community": "XX",
        "finland": "FI", "france": "FR", "germany": "DE", "greece": "GR", "hong kong": "HK",
        "iceland": "IS", "israel": "IL", "italy": "IT", "japan": "JP", "korea": "KR",
        "lebanon": "LB", "lithuania": "LT", "malta": "MT", "netherlands": "NL", "nigeria": "NG",
        "norway": "NO", "poland": "PL", "portugal": "PT", "rsa": "ZA", "saudi arabia": "SA",
        "singapore": "SG", "spain": "ES", "sweden": "SE", "switzerland": "CH", "thailand": "TH",
        "united arab emirates": "AE", "united kingdom": "GB", "unspecified": "XX", "usa": "US",
        "west indies": "XX",
    ]

    /// Names that mean no country; they are no surprise.
    package static let names = codes.keys.sorted()

    private static func country(_ code: String) -> Country {
        guard let country = Country(code) else {
            preconditionFailure("a code in the table is two capital letters")
        }
        return country
    }
}
