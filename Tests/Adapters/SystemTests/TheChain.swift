// SPDX-License-Identifier: Apache-2.0
/// The chain's values are those of the published algorithms: stored history depends on them.

import Kernel
import Ports
import SystemAdapter
import Testing

@Suite struct `The chain` {
    @Test func `begins with the hash of the first bytes`() {
        // FIPS 180-2, appendix B.1.
        #expect(
            Hex.text(SHA256Chain().link([], Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `goes on with the hash of the head and the bytes`() {
        // FIPS 180-2, appendix B.2, in two parts.
        let message = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        let whole = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        for split in [0, 1, 32, 55, 56] {
            let link = SHA256Chain().link(Array(message[..<split]), Array(message[split...]))
            #expect(Hex.text(link) == whole)
        }
    }

    @Test func `is an HMAC when there is a key`() {
        // RFC 4231, test case 2.
        let chain = SHA256Chain(key: Array("Jefe".utf8))
        let message = Array("what do ya want for nothing?".utf8)
        let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        #expect(Hex.text(chain.link([], message)) == code)
        #expect(Hex.text(chain.link(Array(message[..<9]), Array(message[9...]))) == code)
        #expect(Hex.text(chain.link([], message)) == code, "a link leaves nothing behind")
    }

    @Test func `takes an empty key for none`() {
        #expect(SHA256Chain(key: []).link([1], [2]) == SHA256Chain().link([1], [2]))
    }

    @Test func `differs when anything before differs`() {
        let chain = SHA256Chain()
        let one = chain.link(chain.link([], [1]), [3])
        let other = chain.link(chain.link([], [2]), [3])
        #expect(one.count == 32 && one != other)
    }
}
