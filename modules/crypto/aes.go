package crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

var (
	errKey    = errors.New("the key must be 16 or 32 bytes in base64")
	errSealed = errors.New("this is no text that was encrypted with this key")
)

// decode reads base64 strictly: Go's decoder would skip line ends, the incumbent does not.
func decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errSealed
	}
	return base64.StdEncoding.DecodeString(text)
}

// seal encrypts a text. Without derivation the vector stands before the encrypted bytes.
func (s *state) seal(text, password string) ([]byte, error) {
	if s.derive != 0 {
		key, vector := derive(password, s.salt)
		return encryptCBC(nil, key, vector, text)
	}
	key, err := givenKey(password)
	if err != nil {
		return nil, err
	}
	vector := s.vector
	if vector == nil {
		vector = make([]byte, vectorSize)
		if _, err := rand.Read(vector); err != nil {
			return nil, err
		}
	}
	return encryptCBC(bytes.Clone(vector), key, vector, text)
}

// open decrypts what seal made, in base64.
func (s *state) open(text, password string) (string, error) {
	sealed, err := decode(text)
	if err != nil {
		return "", errSealed
	}
	if s.derive != 0 {
		key, vector := derive(password, s.salt)
		return decryptCBC(sealed, key, vector)
	}
	key, err := givenKey(password)
	if err != nil {
		return "", err
	}
	if len(sealed) < vectorSize {
		return "", errSealed
	}
	return decryptCBC(sealed[vectorSize:], key, sealed[:vectorSize])
}

// givenKey reads a key that is used as it is: of AES-128 or AES-256.
func givenKey(text string) ([]byte, error) {
	key, err := decode(text)
	if err != nil || len(key) != 16 && len(key) != 32 {
		return nil, errKey
	}
	return key, nil
}

// encryptCBC appends the encrypted text to dst, padded as PKCS #7 says.
func encryptCBC(dst, key, vector []byte, text string) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	pad := aes.BlockSize - len(text)%aes.BlockSize
	plain := append([]byte(text), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(plain, plain)
	return append(dst, plain...), nil
}

func decryptCBC(sealed, key, vector []byte) (string, error) {
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return "", errSealed
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(plain, sealed)
	return unpad(plain)
}

// unpad takes the padding off and checks it, which a wrong key rarely passes.
func unpad(plain []byte) (string, error) {
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > aes.BlockSize {
		return "", errSealed
	}
	end := len(plain) - pad
	if !bytes.Equal(plain[end:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return "", errSealed
	}
	return string(plain[:end]), nil
}
