#!/usr/bin/env bash
# Fetches WordPress and MediaWiki as Debian packages them, and WordPress's SQLite plugin as npm has it. To
# .cache/applications; nothing is installed: an install would bring a web server, and start it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

applications=$PWD/.cache/applications
[[ ! -e $applications ]] || exit 0
mkdir -p "${applications%/*}"
source test/programs/debian-archive.sh deb

mkdir "$work"/{debs,root,plugin,applications}
(cd "$work/debs" && "${apt[@]}" download wordpress wordpress-theme-twentytwentythree php-getid3 \
	libjs-underscore libjs-cropper mediawiki mediawiki-classes)
# MediaWiki's extensions are more than half of it.
for package in "$work"/debs/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar --extract --directory="$work/root" --no-same-owner \
		--exclude=./usr/share/mediawiki/extensions-core --exclude=./usr/share/doc ./usr/share
done

# Without what the packages keep below /etc and /var: they are installed as on any other system. What WordPress's shares with
# other packages becomes its own.
rm "$work"/root/usr/share/wordpress/{.htaccess,wp-config.php,wp-includes/certificates/ca-bundle.crt}
rm "$work"/root/usr/share/mediawiki/{LocalSettings.php,config,extensions,images}
mkdir "$work"/root/usr/share/mediawiki/{extensions,images}
cp --recursive --dereference "$work/root/usr/share/wordpress" "$work/applications/wordpress"
mv "$work/root/usr/share/mediawiki" "$work/applications/mediawiki"

# npm has the plugin in a package that WordPress's playground was built of.
builds=@wp-playground/wordpress-builds@0.9.19
sum=765aaf87f3090e91395baf2f80f3ca523a62a7acccb81879f4bdc3d7c657fa9770bab0b8ab8c9dad3c30ff7b13315ebd0417281fa905f7762d02dba3342e4ca7
(cd "$work/plugin" && npm pack --silent "$builds" >/dev/null)
echo "$sum $(echo "$work"/plugin/*.tgz)" | sha512sum --check --quiet
tar --extract --directory="$work/plugin" --file="$(echo "$work"/plugin/*.tgz)" --wildcards '*/sqlite-database-integration*.zip'
unzip -q "$(find "$work/plugin" -name '*.zip')" -d "$work/plugin/unpacked"
mv "$work"/plugin/unpacked/* "$work/applications/sqlite-database-integration"

mv "$work/applications" "$applications"
