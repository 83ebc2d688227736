/**
 * Variables by which a program that is allowed could be made to run code of PHP's choice before its own begins: those of
 * the dynamic loader and of common interpreters, as sudo removes them.
 */
const STEERING = new Set(
	[
		'BASHOPTS BASH_ENV CDPATH ENV FPATH GCONV_PATH GETCONF_DIR GLOBIGNORE HOSTALIASES IFS JAVA_TOOL_OPTIONS',
		'JDK_JAVA_OPTIONS LOCALDOMAIN LOCPATH MALLOC_TRACE NIS_PATH NLSPATH NULLCMD OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES PATH PATH_LOCALE',
		'PERL5DB PERL5LIB PERL5OPT PERLIO_DEBUG PERLLIB PHPRC PHP_INI_SCAN_DIR PS4 PYTHONHOME PYTHONINSPECT PYTHONPATH',
		'PYTHONSTARTUP PYTHONUSERBASE READNULLCMD RESOLV_HOST_CONF RES_OPTIONS RUBYLIB RUBYOPT SHELLOPTS TERMCAP TERMINFO',
		'TERMINFO_DIRS TERMPATH TMPPREFIX TZDIR ZDOTDIR',
	].flatMap((line) => line.split(' ')),
);
const STEERING_PREFIX = /^(?:LD_|DYLD_|_RLD|BASH_FUNC_|NODE_(?!ENV$))/;

/** Whether a variable decides which code an allowed program runs. PATH is one: the server's own is used. */
export function steersPrograms(name: string): boolean {
	return STEERING.has(name) || STEERING_PREFIX.test(name) || !/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name);
}
