#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The interface as it is compiled: the names that the library exports, what its functions take, the values of the enumerators, sizes
and offsets of the structs. Held against the list in tests/abi/; a change must be a deliberate one.

    tests/abi.py SOURCE LIBRARY -- CC...            TAP: is the list what headers and library say?
    tests/abi.py SOURCE LIBRARY --renew -- CC...    writes the list anew
"""
import argparse
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from docs import Header, without_comments  # noqa: E402


def exported(library):
    lines = subprocess.run(['nm', '-D', '--defined-only', library], check=True, capture_output=True, text=True).stdout
    return [f'symbol {line.split()[-1]}' for line in lines.splitlines()]


def prototypes(source):
    found = []
    for path in sorted((source / 'include/gradus').glob('*.h')):
        text = without_comments(path.read_text(encoding='utf-8'))
        found += re.findall(r'^GRADUS_API ([^;]*\([^;]*\));', text, flags=re.M)
        found += [f'typedef {words}' for words in re.findall(r'^typedef (\w+ \(\*\w+\)\([^;]*\));', text, flags=re.M)]
    return [f'function {" ".join(words.split())}' for words in found]


def program_of(header):
    """C that prints numbers which only the compiler knows."""
    lines = ['#include <gradus.h>', '#include <stdio.h>', 'int main(void) {']
    for name in header.enumerators:
        lines.append(f'printf("enumerator {name} %lld\\n", (long long){name});')
    for name, fields in header.structs.items():
        lines.append(f'printf("struct {name} size %zu alignment %zu\\n", sizeof({name}), _Alignof({name}));')
        for order, (field, kind) in enumerate(fields.items()):
            words = kind.replace('%', '%%')
            lines.append(f'printf("field {name} {order:02d} {field} offset %zu size %zu type {words}\\n", '
                         f'offsetof({name}, {field}), sizeof((({name} *)0)->{field}));')
    return '\n'.join(lines + ['return 0; }', ''])


def compiled(source, compiler, header):
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / 'abi'
        program.with_suffix('.c').write_text(program_of(header), encoding='utf-8')
        subprocess.run([*compiler, '-std=c11', f'-I{source / "include"}', program.with_suffix('.c'), '-o', program], check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('source', type=pathlib.Path)
    parser.add_argument('shared', metavar='LIBRARY')
    parser.add_argument('--renew', action='store_true')
    parser.add_argument('compiler', nargs='+')
    options = parser.parse_args()
    machine = f'{platform.machine()}-{platform.system().lower()}'
    kept = options.source / f'tests/abi/{machine}.txt'
    now = sorted(exported(options.shared) + prototypes(options.source)
                 + compiled(options.source, options.compiler, Header(options.source)))
    if options.renew:
        kept.write_text('\n'.join(now) + '\n', encoding='utf-8')
        return 0
    if not kept.exists():
        print(f'ok 1 - the interface # SKIP there is no list for {machine}\n1..1')
        return 0
    before = kept.read_text(encoding='utf-8').splitlines()
    gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
    strange = [line for line in now if line.startswith('symbol ') and not line.startswith('symbol gradus_')]
    declared = {re.search(r'(gradus_\w+)\(', line)[1] for line in now if line.startswith('function ') and 'typedef' not in line}
    missing = sorted(declared ^ {line.split()[1] for line in now if line.startswith('symbol ')})
    for line in [f'- {line}' for line in gone] + [f'+ {line}' for line in new]:
        print('#', line)
    print(f'{"not " if gone or new else ""}ok 1 - the interface is the one in {kept.name}')
    print(f'{"not " if strange else ""}ok 2 - every exported name is gradus_*', *strange)
    print(f'{"not " if missing else ""}ok 3 - what is declared is exported, and nothing else', *missing)
    print('1..3')
    return 1 if gone or new or strange or missing else 0


if __name__ == '__main__':
    sys.exit(main())
