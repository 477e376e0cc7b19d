// Package browser has a page call another through the server, in a browser: SIP.js in Debian's headless Chromium.
package browser
