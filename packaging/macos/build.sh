#!/bin/sh
# build.sh IDENTITY PROFILE  Builds, signs and notarises SMS Desk.app and a disk image of it.
# NOT TRIED YET: it needs a Mac, a Developer ID, and a profile of notarytool's
# (`xcrun notarytool store-credentials PROFILE`, which keeps the password in the keychain).
#
#   packaging/macos/build.sh "Developer ID Application: The SMS Desk team (TEAMID)" smsdesk
set -eu
cd "$(dirname "$0")/../.."
identity=$1
profile=$2

app="dist/SMS Desk.app"
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' smsdesk/__init__.py)
image="dist/smsdesk-$version.dmg"

.ci/set-up .venv-package requirements-package.txt
# The licences, the list of parts and the budget are those of the folder.
PYTHONPATH=packaging .venv-package/bin/python -m builder.freeze
cp -R dist/smsdesk/licences dist/smsdesk/smsdesk.cdx.json "$app/Contents/Resources/"

# From the inside out: a signature covers what is signed already. --deep would guess.
find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' \) -exec \
    codesign --force --options runtime --timestamp --sign "$identity" {} \;
codesign --force --options runtime --timestamp --sign "$identity" \
    --entitlements packaging/macos/entitlements.plist "$app"
codesign --verify --strict --verbose=2 "$app"

hdiutil create -volname "SMS Desk" -srcfolder "$app" -ov -format UDZO "$image"
codesign --timestamp --sign "$identity" "$image"
xcrun notarytool submit "$image" --keychain-profile "$profile" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
