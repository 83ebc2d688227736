<?php

/*
 * Prints functions_arginfo.h: what the stubs of php-runtime/ say, for the C compiler. The shape is that of php-src's
 * build/gen_stub.php, as far as Igor's functions need it: functions and methods with scalars, arrays and callables, and integer constants.
 */

/** By the names of PHP: the engine's constant for the type alone, and its bit in a union. */
const TYPES = [
    'array' => ['IS_ARRAY', 'MAY_BE_ARRAY'],
    'bool' => ['_IS_BOOL', 'MAY_BE_BOOL'],
    'callable' => ['IS_CALLABLE', 'MAY_BE_CALLABLE'],
    'float' => ['IS_DOUBLE', 'MAY_BE_DOUBLE'],
    'int' => ['IS_LONG', 'MAY_BE_LONG'],
    'mixed' => ['IS_MIXED', 'MAY_BE_ANY'],
    'null' => ['IS_NULL', 'MAY_BE_NULL'],
    'string' => ['IS_STRING', 'MAY_BE_STRING'],
    'void' => ['IS_VOID', 'MAY_BE_VOID'],
];

/** Declares the stubs, in a namespace: Igor's PHP has functions of these names, and runs this file, too. */
function declareStubs(string $code): void
{
    if (!str_starts_with($code, '<?php')) throw new Exception('The stubs do not begin with <?php.');
    $code = substr($code, strlen('<?php'));
    // What a class implements says nothing about its methods here.
    $code = preg_replace('/^(final class \w+) implements .*$/m', '$1', $code);
    $namespaced = preg_replace('/^namespace ([\w\\\\]+);$/m', 'namespace Stubs\\\\$1;', $code, count: $count);
    eval($count > 0 ? $namespaced : "namespace Stubs;$code");
}

/** @return array<string, ReflectionFunction> by name, in the order of the stubs */
function stubFunctions(): array
{
    $functions = [];
    foreach (get_defined_functions()['user'] as $name) {
        if (!str_starts_with($name, 'stubs\\')) continue;
        $function = new ReflectionFunction($name);
        $functions[$function->getShortName()] = $function;
    }
    return $functions;
}

/** @return array<string, ReflectionMethod[]> methods by class, as C names it: with _ for a backslash */
function stubMethods(): array
{
    $methods = [];
    foreach (get_declared_classes() as $name) {
        if (!str_starts_with($name, 'Stubs\\')) continue;
        $short = strtr(substr($name, strlen('Stubs\\')), '\\', '_');
        $methods[$short] = (new ReflectionClass($name))->getMethods();
    }
    return $methods;
}

/** @return array<string, int> */
function stubConstants(): array
{
    $constants = [];
    foreach (get_defined_constants(true)['user'] ?? [] as $name => $value) {
        if (!str_starts_with(strtolower($name), 'stubs\\')) continue;
        if (!is_int($value)) throw new Exception("$name: only integers can be registered so far.");
        $constants[substr($name, strlen('stubs\\'))] = $value;
    }
    return $constants;
}

/** @return array{bool, string, int} whether it needs a mask; the type or the mask; whether the type allows null */
function typeOf(?ReflectionType $type, string $where): array
{
    $isUnion = $type instanceof ReflectionUnionType;
    $parts = $isUnion ? $type->getTypes() : [$type];
    foreach ($parts as $part) {
        if (!$part instanceof ReflectionNamedType || !isset(TYPES[$part->getName()])) {
            throw new Exception("$where: the type " . ($part ?? '(none)') . ' is not known to generate-arginfo.php.');
        }
    }
    if ($isUnion) return [true, implode(' | ', array_map(fn ($part) => TYPES[$part->getName()][1], $parts)), 0];
    $name = $type->getName();
    return [false, TYPES[$name][0], (int) ($type->allowsNull() && $name !== 'mixed' && $name !== 'null')];
}

/** The default as PHP code in a C string, as Reflection wants it; NULL without one. */
function defaultOf(ReflectionParameter $parameter): string
{
    if (!$parameter->isDefaultValueAvailable()) return 'NULL';
    $value = $parameter->getDefaultValue();
    return json_encode($value === [] ? '[]' : ($value === null ? 'null' : var_export($value, true)), JSON_UNESCAPED_SLASHES);
}

function argumentInfo(ReflectionParameter $parameter, string $where): string
{
    $name = $parameter->getName();
    $reference = (int) $parameter->isPassedByReference();
    [$isMask, $type, $null] = typeOf($parameter->getType(), "$where(), \$$name");
    $default = defaultOf($parameter);
    return match (true) {
        $parameter->isVariadic() => throw new Exception("$where(), \$$name: variadics are not known to generate-arginfo.php."),
        $isMask => "\tZEND_ARG_TYPE_MASK($reference, $name, $type, $default)\n",
        $default === 'NULL' => "\tZEND_ARG_TYPE_INFO($reference, $name, $type, $null)\n",
        default => "\tZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE($reference, $name, $type, $null, $default)\n",
    };
}

/** What stands behind ZEND_BEGIN_ARG…(name: functions of the same signature share one. */
function signature(ReflectionFunctionAbstract $function): array
{
    $name = $function->getShortName();
    $arguments = array_map(fn ($parameter) => argumentInfo($parameter, $name), $function->getParameters());
    if (!$function->hasReturnType()) {
        // Of a constructor, or a resource: there is no type for it.
        return ['ZEND_BEGIN_ARG_INFO_EX', "0, 0, {$function->getNumberOfRequiredParameters()})\n" . implode('', $arguments)];
    }
    $returned = $function->getReturnType();
    if ($returned instanceof ReflectionNamedType && !$returned->isBuiltin()) {
        // The stubs' namespace is not the extension's.
        $class = addslashes(substr($returned->getName(), strlen('Stubs\\')));
        $required = $function->getNumberOfRequiredParameters();
        $null = (int) $returned->allowsNull();
        $arguments = implode('', $arguments);
        return ['ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX', "0, $required, $class, $null)\n$arguments"];
    }
    [$isMask, $type, $null] = typeOf($returned, "$name()");
    $reference = (int) $function->returnsReference();
    $required = $function->getNumberOfRequiredParameters();
    $macro = $isMask ? 'ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX' : 'ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX';
    return [$macro, "$reference, $required, $type" . ($isMask ? '' : ", $null") . ")\n" . implode('', $arguments)];
}

/** The function that an alias stands for, by `@alias` as in php-src; null for a function of its own. */
function aliasOf(ReflectionFunction $function): ?string
{
    return preg_match('/@alias\s+(\w+)/', (string) $function->getDocComment(), $match) ? $match[1] : null;
}

/** @param array<string, ReflectionFunction> $functions */
function argumentInfos(array $functions): string
{
    $text = '';
    $first = []; // the function that had a signature first
    foreach ($functions as $name => $function) {
        [$macro, $signature] = signature($function);
        if (isset($first[$macro . $signature])) {
            $text .= "#define arginfo_$name arginfo_{$first[$macro . $signature]}\n\n";
            continue;
        }
        $first[$macro . $signature] = $name;
        $text .= "$macro(arginfo_$name, {$signature}ZEND_END_ARG_INFO()\n\n";
    }
    return $text;
}

/** @param array<string, ReflectionFunction> $functions */
function declarations(array $functions): string
{
    $own = array_filter($functions, fn ($function) => aliasOf($function) === null);
    return implode('', array_map(fn ($name) => "ZEND_FUNCTION($name);\n", array_keys($own)));
}

/** @param array<string, ReflectionFunction> $functions */
function entries(array $functions): string
{
    $text = "static const zend_function_entry ext_functions[] = {\n";
    foreach ($functions as $name => $function) {
        $alias = aliasOf($function);
        if ($alias !== null && !isset($functions[$alias])) throw new Exception("$name(): there is no $alias() to be an alias of.");
        $text .= $alias === null
            ? "\tZEND_FE($name, arginfo_$name)\n"
            : "\tZEND_FALIAS($name, $alias, arginfo_$name)\n";
    }
    return "$text\tZEND_FE_END\n};\n";
}

/** @param array<string, ReflectionMethod[]> $classes */
function classes(array $classes): string
{
    $text = '';
    foreach ($classes as $class => $methods) {
        foreach ($methods as $method) {
            [$macro, $signature] = signature($method);
            $text .= "$macro(arginfo_class_{$class}_{$method->getName()}, {$signature}ZEND_END_ARG_INFO()\n\n";
        }
        foreach ($methods as $method) $text .= "ZEND_METHOD($class, {$method->getName()});\n";
        $text .= "\nstatic const zend_function_entry class_{$class}_methods[] = {\n";
        foreach ($methods as $method) {
            $access = $method->isPrivate() ? 'ZEND_ACC_PRIVATE' : 'ZEND_ACC_PUBLIC';
            $text .= "\tZEND_ME($class, {$method->getName()}, arginfo_class_{$class}_{$method->getName()}, $access)\n";
        }
        $text .= "\tZEND_FE_END\n};\n";
    }
    return $text;
}

/** @param array<string, int> $constants */
function registration(array $constants): string
{
    $text = "static void register_frankenphp_symbols(int module_number)\n{\n";
    foreach ($constants as $name => $value) $text .= "\tREGISTER_LONG_CONSTANT(\"$name\", $value, CONST_PERSISTENT);\n";
    return "$text}\n";
}

set_error_handler(fn ($level, $message) => throw new Exception($message)); // a warning would land in the header
foreach (glob(__DIR__ . '/../php-runtime/stubs/*.stub.php') as $file) declareStubs(file_get_contents($file));
$functions = stubFunctions();
echo "/* Generated by generate-arginfo.php from php-runtime/stubs/: change those files instead. */\n\n",
    argumentInfos($functions), declarations($functions), "\n", entries($functions), "\n", classes(stubMethods()), "\n",
    registration(stubConstants());
