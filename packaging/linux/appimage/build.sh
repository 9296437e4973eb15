#!/bin/sh
# build.sh [APPIMAGETOOL]  Makes an AppImage of the frozen folder, after `make frozen`; without the tool
# only the folder that goes into it, build/appimage/smsdesk.AppDir.
# The folder has been tried, by running its AppRun. THE IMAGE IS NOT TRIED YET: appimagetool and the
# runtime that it puts in front are fetched by hand from their makers
# (https://github.com/AppImage/appimagetool), and checked there.
set -eu
cd "$(dirname "$0")/../../.."

tree=build/appimage/smsdesk.AppDir
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' smsdesk/__init__.py)

rm -rf "$tree"
mkdir -p "$tree/usr/lib" "$tree/usr/share/metainfo"
cp -R dist/smsdesk "$tree/usr/lib/smsdesk"
cp packaging/linux/smsdesk.desktop resources/icons/smsdesk.svg "$tree"
cp packaging/linux/smsdesk.metainfo.xml "$tree/usr/share/metainfo"
ln -s usr/lib/smsdesk/smsdesk "$tree/AppRun"
ln -s smsdesk.svg "$tree/.DirIcon"

[ $# -eq 0 ] || ARCH=$(uname -m) VERSION=$version "$1" "$tree" "dist/smsdesk-$version-$(uname -m).AppImage"
