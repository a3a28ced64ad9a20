#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Everything in the documents that can be checked, checked. TAP on standard output; only the standard library.

usage: docs.py SOURCE BUILD [--data FOLDER] [--sanitize LIST] [--update] -- COMPILER...

SOURCE and BUILD are Meson's source and build directories. Conventions in the Markdown files:

```c       with `int main`: compiled as C11 with -Wall -Wextra -Werror, linked with the built library, run, must exit 0.
           otherwise the block above it is a comment `<!-- context: NAME -->`: the block takes the place of the line
           `/* snippet */` in tests/docs_preludes/NAME.c, and that program is compiled and run.
           `<!-- context: declarations -->`: at file scope after <gradus.h>, compiled only, so that a signature
           that differs from the header's is an error.
```cpp     likewise as C++11; skipped where there is no C++ compiler.
```meson   the meson.build of a small project, which is configured and built with <!-- file: NAME.c --> of the document.
```sh      lines that begin with gradus, cc, c++ or ./ are run, in a folder that holds the files of tests/data and the
           blocks marked `<!-- file: NAME -->`. Exit status 0 is expected, or N after `# exit status N`.
           $REFERENCE_DATA is the folder of --data; where NIST's files are not in it, a block that names it is skipped.
           Marked `<!-- from: FILE -->`: quoted from FILE beside the document, word for word; not run.
```text    right after one of those: what it printed. `...` stands for anything, on a line of its own for any lines.
           Marked `<!-- measured -->`: see `agree` below. Marked `<!-- program: NAME PATH... -->`: what the example NAME
           prints, measured; a PATH leads to a file of tests/data or a folder of the reference data. Skipped where the
           example ends with status 77.

`--update` writes what was printed into the text blocks instead of comparing.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

FLAGS = ['-Wall', '-Wextra', '-Werror']
RUNNABLE = re.compile(r'(gradus|cc|c\+\+|\./\S+)(\s|$)')


class Tap:
    """Counts and prints test points."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def point(self, name, problem=None):
        self.count += 1
        self.failed += problem is not None
        name = name.replace('#', '')
        print(f'{"ok" if problem is None else "not ok"} {self.count} - {name}', flush=True)
        for line in (problem or '').splitlines():
            print(f'# {line}', flush=True)

    def skip(self, name, why):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {why}', flush=True)

    def same_set(self, name, found, expected, what):
        """One point: two sets of names are equal."""
        problems = [f'{what} is missing: {item}' for item in sorted(expected - found)]
        problems += [f'there is no such {what}: {item}' for item in sorted(found - expected)]
        self.point(name, '\n'.join(problems) or None)


def text_of(path):
    return path.read_text(encoding='utf-8') if path.exists() else ''


# --- Markdown ---------------------------------------------------------------------------------------------------------

Block = namedtuple('Block', 'path kind marks first last text')  # lines first .. last of the file, from 0, are the text


def read_blocks(path):
    """The fenced code blocks of a Markdown file, each with the `<!-- key: value -->` lines right above it."""
    lines = path.read_text(encoding='utf-8').splitlines()
    blocks, marks, i = [], {}, 0
    while i < len(lines):
        comment = re.fullmatch(r'<!-- (\w+)(?:: (.*))? -->', lines[i].strip())
        fence = re.fullmatch(r'```(\w*)', lines[i].strip())
        if comment:
            marks[comment[1]] = comment[2] or ''
        elif fence:
            first = i + 1
            i = first + [line.strip() for line in lines[first:]].index('```')
            blocks.append(Block(path, fence[1], marks, first, i, '\n'.join(lines[first:i]) + '\n'))
            marks = {}
        elif lines[i].strip():
            marks = {}
        i += 1
    return blocks


def without_code(text):
    """The text with fenced blocks and inline code blanked out."""
    text = re.sub(r'^```.*?^```', '', text, flags=re.S | re.M)
    return re.sub(r'`[^`\n]*`', '', text)


def slug(heading):
    """The anchor that GitHub gives a heading."""
    heading = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).strip().lower()
    return re.sub(r'[^\w\- ]', '', heading).replace(' ', '-')


def anchors(path):
    text = re.sub(r'^```.*?^```', '', path.read_text(encoding='utf-8'), flags=re.S | re.M)
    return {slug(heading) for heading in re.findall(r'^#+\s+(.*)$', text, flags=re.M)}


def inline_code(path):
    text = re.sub(r'^```.*?^```', '', path.read_text(encoding='utf-8'), flags=re.S | re.M)
    return re.findall(r'`([^`\n]+)`', text)


def section(text, heading):
    """The text below the heading (of any level) up to the next one of its level or above."""
    match = re.search(rf'^(#+) {re.escape(heading)}\s*$(.*?)(?=^#{{1,6}} |\Z)', text, flags=re.S | re.M)
    if not match:
        return ''
    level = len(match[1])
    rest = text[match.start(2):]
    end = re.search(rf'^#{{1,{level}}} ', rest, flags=re.M)
    return rest[:end.start()] if end else rest


def table_rows(text):
    """The rows of all pipe tables in the text, without headings and rulers; `|` in code is written \\|."""
    rows = []
    lines = text.splitlines()
    for i, line in enumerate(lines):
        ruler = re.fullmatch(r'\|[\s:|-]+\|', line)
        before_ruler = i + 1 < len(lines) and re.fullmatch(r'\|[\s:|-]+\|', lines[i + 1])
        if line.startswith('|') and not ruler and not before_ruler:
            cells = re.split(r'(?<!\\)\|', line.strip()[1:-1])
            rows.append([cell.strip().replace('\\|', '|') for cell in cells])
    return rows


# --- What was printed against what the document says ------------------------------------------------------------------

NUMBER = re.compile(r'(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])', re.I)


def digits_of(number):
    return len(re.sub(r'e.*', '', number.lstrip('+-').lower()).replace('.', '').lstrip('0'))


def agree(expected, found, after):
    """A number of a measured block: the machine, its BLAS kernels and its clock have a say in it.

    Eight digits or more: the two agree to 1e-6. Seconds: any. With an exponent, as errors and tolerances have: within a
    factor of 1000, or both below 1e-12. Others (counts, digits): within a factor of 2.
    """
    a, b = float(expected), float(found)
    if a == b:
        return True
    if re.match(r'\s*(s|ms|seconds)\b', after):
        return b >= 0.0
    if digits_of(expected) >= 8:
        return abs(a - b) <= 1e-6 * abs(a)
    size, other = sorted((abs(a), abs(b)))
    if 'e' in expected.lower() or 'e' in found.lower():
        return other <= 1e-12 or other <= 1000.0 * size
    return a * b > 0.0 and other <= 2.0 * size


def measured_line_agrees(expected, found):
    """Words equal, blanks aside; numbers as in `agree`; `...` for anything."""
    words, seen = ' '.join(expected.split()), ' '.join(found.split())
    pattern, numbers = '', []
    for part in re.split(r'(\.\.\.)', words):
        if part == '...':
            pattern += '.*'
            continue
        last = 0
        for match in NUMBER.finditer(part):
            pattern += re.escape(part[last:match.start()]) + r'([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)'
            numbers.append((match[0], part[match.end():]))
            last = match.end()
        pattern += re.escape(part[last:])
    match = re.fullmatch(pattern, seen, flags=re.I)
    return bool(match) and all(agree(n, f, after) for (n, after), f in zip(numbers, match.groups()))


def line_agrees(expected, found):
    pattern = '.*'.join(re.escape(part) for part in expected.rstrip().split('...'))
    return re.fullmatch(pattern, found.rstrip()) is not None


def compare(expected, found, line_test):
    """None when all lines agree, otherwise both, the first difference marked."""
    def matches(e, f):
        if not e:
            return not f
        if e[0].strip() == '...':
            return any(matches(e[1:], f[k:]) for k in range(len(f) + 1))
        return bool(f) and line_test(e[0], f[0]) and matches(e[1:], f[1:])

    e, f = expected.rstrip('\n').split('\n'), found.rstrip('\n').split('\n')
    if matches(e, f):
        return None
    pairs = [(x, y) for x, y in zip(e, f) if not line_test(x, y)]
    first = f'first difference:\n  document  {pairs[0][0]}\n  printed   {pairs[0][1]}\n' if pairs else ''
    return f'{first}printed in all:\n{found}'


# --- Running ----------------------------------------------------------------------------------------------------------

Result = namedtuple('Result', 'problem output')


class Workshop:
    """Compiles and runs the blocks of one document in a folder of its own."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.sanitize = [f'-fsanitize={options.sanitize}'] if options.sanitize != 'none' else []
        self.shared_library_folder = options.build / 'src'
        self.tools = folder / 'bin'
        self.tools.mkdir()
        self.shim('cc', options.compiler)
        if options.cxx:
            self.shim('c++', [options.cxx])
        for data in options.source.glob('tests/data/*/*.csv'):
            shutil.copy(data, folder / data.name)
        self.environment = dict(
            os.environ,
            PATH=f'{self.tools}:{options.build / "src/cli"}:{os.environ["PATH"]}',
            PKG_CONFIG_PATH=str(options.build / 'meson-uninstalled'),
            REFERENCE_DATA=str(options.data),
            LD_LIBRARY_PATH=str(self.shared_library_folder))

    def shim(self, name, command):
        """A compiler under the name that documents use."""
        words = ' '.join(f"'{word}'" for word in command + self.sanitize)
        path = self.tools / name
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        path.chmod(0o755)

    def run(self, command, timeout=120):
        try:
            done = subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return -1, f'no end after {timeout} seconds'
        except OSError as error:
            return -1, str(error)
        return done.returncode, done.stdout.decode('utf-8', 'replace')

    def build_and_run(self, name, source, compiler, standard, link=True):
        path = self.folder / name
        path.write_text(source, encoding='utf-8')
        command = [compiler, f'-std={standard}', *FLAGS, '-I', str(self.options.source / 'include'), str(path)]
        if not link:
            status, output = self.run([*command, '-c', '-o', str(path.with_suffix('.o'))])
            return Result(f'does not compile:\n{output}' if status else None, '')
        program = path.with_suffix('')
        status, output = self.run([*command, '-L', str(self.shared_library_folder), '-lgradus', '-lm', '-o', str(program)])
        if status:
            return Result(f'does not compile:\n{output}', '')
        status, output = self.run([str(program)])
        return Result(f'exit status {status}:\n{output}' if status else None, output)

    def whole(self, block):
        """The block as a translation unit, and whether it is a program."""
        if 'int main' in block.text:
            return block.text, True
        context = block.marks.get('context')
        if context == 'declarations':
            return f'#include <gradus.h>\n#line {block.first + 1} "{block.path.name}"\n{block.text}', False
        if not context:
            raise ValueError('neither a program nor marked with its context')
        prelude = self.options.source / 'tests' / 'docs_preludes' / f'{context}.c'
        before, after = prelude.read_text(encoding='utf-8').split('/* snippet */')
        return f'{before}\n#line {block.first + 1} "{block.path.name}"\n{block.text}\n{after}', True

    def c_block(self, block):
        source, program = self.whole(block)
        name = block.marks.get('file', f'line{block.first}.c')
        return self.build_and_run(name, source, 'cc', 'c11', program)

    def cpp_block(self, block):
        source, program = self.whole(block)
        name = block.marks.get('file', f'line{block.first}.cpp')
        return self.build_and_run(name, source, 'c++', 'c++11', program)

    def sh_block(self, block):
        printed = ''
        for line in block.text.replace('\\\n', ' ').splitlines():
            if not RUNNABLE.match(line):
                continue
            expected = re.search(r'#.*\bexit status (\d+)', line)
            status, output = self.run(['sh', '-c', line])
            printed += output
            if status != (int(expected[1]) if expected else 0):
                return Result(f'{line}\nexit status {status}:\n{output}', printed)
        return Result(None, printed)

    def meson_block(self, block):
        """The sources are the document's files; `gradus` is found as a subproject."""
        project = self.folder / f'project{block.first}'
        (project / 'subprojects').mkdir(parents=True)
        (project / 'meson.build').write_text(block.text, encoding='utf-8')
        for source in self.folder.glob('*.c'):
            shutil.copy(source, project)
        (project / 'subprojects' / 'gradus').symlink_to(self.options.source)
        environment = self.environment
        self.environment = dict(os.environ, CC=' '.join(self.options.compiler))
        status, output = self.run(['meson', 'setup', str(project / 'build'), str(project)])
        if not status:
            status, output = self.run(['meson', 'compile', '-C', str(project / 'build')], 600)
        self.environment = environment
        return Result(f'exit status {status}:\n{output}' if status else None, '')


def check_output(tap, name, block, result, replacements):
    """Compares the text block with what the block before it printed, or notes what it should be."""
    if replacements is not None:
        replacements.append((block.first, block.last, result.output))
        return
    test = measured_line_agrees if {'measured', 'program'} & block.marks.keys() else line_agrees
    tap.point(f'{name}: what it prints', result.problem or compare(block.text, result.output, test))


def check_blocks(tap, options, path):
    """Compiles, runs and compares every block of one document."""
    name = path.relative_to(options.source)
    replacements = [] if options.update else None
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(options, Path(folder).resolve())
        kinds = {'c': workshop.c_block, 'cpp': workshop.cpp_block, 'sh': workshop.sh_block,
                 'meson': workshop.meson_block}
        result = None
        for block in read_blocks(path):
            label = f'{name}:{block.first} {block.kind}'
            if 'from' in block.marks:
                there = block.text in text_of(path.parent / block.marks['from'])
                tap.point(label, None if there else f'{block.marks["from"]} does not say this word for word')
                result = None
            elif block.kind in kinds:
                if block.kind == 'cpp' and not options.cxx:
                    tap.skip(label, 'no C++ compiler')
                    result = None
                    continue
                if block.kind == 'sh' and 'gradus plot' in block.text and not shutil.which('gnuplot'):
                    tap.skip(label, 'there is no gnuplot here')
                    result = None
                    continue
                if block.kind == 'sh' and '$REFERENCE_DATA' in block.text and not (options.data / 'nist').is_dir():
                    tap.skip(label, 'the reference data are not there')
                    result = None
                    continue
                if block.kind == 'sh' and 'gradus ' in block.text and not options.program:
                    tap.skip(label, 'the program was not built')
                    result = None
                    continue
                try:
                    result = kinds[block.kind](block)
                except (ValueError, OSError) as error:
                    result = Result(str(error), '')
                tap.point(label, result.problem)
            elif block.kind == 'text' and 'program' in block.marks:
                program, *paths = block.marks['program'].split()
                paths = [path if (workshop.folder / path).exists() else str(options.data / path) for path in paths]
                status, output = workshop.run([str(options.build / 'docs/examples' / program), *paths])
                if status == 77:
                    tap.skip(label, 'the reference data are not there')
                    continue
                result = Result(f'exit status {status}:\n{output}' if status else None, output)
                check_output(tap, label, block, result, replacements)
                result = None
            elif block.kind == 'text' and result is not None:
                check_output(tap, label, block, result, replacements)
                result = None
            elif 'file' in block.marks:
                (workshop.folder / block.marks['file']).write_text(block.text, encoding='utf-8')
    if replacements:
        lines = path.read_text(encoding='utf-8').splitlines()
        for first, last, output in reversed(replacements):
            lines[first:last] = [line.rstrip() for line in output.rstrip('\n').split('\n')]
        path.write_text('\n'.join(lines) + '\n', encoding='utf-8')


# --- Links and names --------------------------------------------------------------------------------------------------

def check_links(tap, source, path):
    problems = []
    for target in re.findall(r'\]\(([^)\s]+)\)', without_code(path.read_text(encoding='utf-8'))):
        if re.match(r'[a-z]+:', target):
            continue
        file, _, anchor = target.partition('#')
        aim = (path.parent / file).resolve() if file else path
        if not aim.exists():
            problems.append(f'{target}: no such file')
        elif anchor and anchor not in anchors(aim):
            problems.append(f'{target}: no such heading in {aim.name}')
    tap.point(f'{path.relative_to(source)}: local links lead somewhere', '\n'.join(problems) or None)


def check_paths(tap, source, path):
    """Files named in code style exist."""
    pattern = re.compile(r'(?:src|tests|include|docs|tools|bench|\.ci)/[\w./-]*')
    problems = [code for code in inline_code(path)
                if pattern.fullmatch(code) and not (source / code).exists()]
    tap.point(f'{path.relative_to(source)}: files that are named exist', '\n'.join(problems) or None)


def without_comments(text):
    return re.sub(r'/\*.*?\*/', '', text, flags=re.S)


class Header:
    """What the public headers declare, read with regular expressions that fit this house's style."""

    def __init__(self, source):
        paths = [source / 'include/gradus.h', *sorted((source / 'include/gradus').glob('*.h'))]
        text = '\n'.join(without_comments(path.read_text(encoding='utf-8')) for path in paths)
        self.files = {path.name for path in paths}
        self.functions = set(re.findall(r'GRADUS_API[^;(]*?\b(gradus_\w+)\(', text))
        self.types = set(re.findall(r'typedef enum (gradus_\w+)', text))
        self.types |= set(re.findall(r'typedef struct (gradus_\w+)', text))
        self.types |= set(re.findall(r'typedef \w+ (gradus_\w+);', text))
        self.types |= set(re.findall(r'typedef \w+ \(\*(gradus_\w+)\)', text))
        self.types |= set(re.findall(r'^enum (gradus_\w+)', text, flags=re.M))
        undefined = set(re.findall(r'#undef (\w+)', text))
        guards = set(re.findall(r'#ifndef (GRADUS_\w*_?H)\b', text))
        self.macros = set(re.findall(r'#define (GRADUS_\w+)', text)) - undefined - guards
        self.enumerators = set()
        for body in re.findall(r'enum (?:gradus_\w+ )?\{(.*?)\}', text, flags=re.S):
            self.enumerators |= set(re.findall(r'\b(GRADUS_\w+)\s*=', body))
        for prefix, body in re.findall(r'#define GRADUS_(STATUS|STOP)_LIST\(X\)(.*?[^\\])\n', text, flags=re.S):
            names = re.findall(r'X\((\w+),', body)
            self.enumerators |= {f'GRADUS_{"STOP_" if prefix == "STOP" else ""}{name}' for name in names}
        self.structs = {}
        for name, body in re.findall(r'typedef struct (gradus_\w+) \{(.*?)\n\} gradus_\w+;', text, flags=re.S):
            self.structs[name] = dict(field for part in body.split(';') for field in self.fields(part))
        self.names = self.functions | self.types | self.macros | self.enumerators

    @staticmethod
    def fields(declaration):
        """(name, type) of each field that one declaration makes."""
        words = ' '.join(declaration.split())
        if not words or words.startswith('#'):
            return []
        pointer = re.fullmatch(r'(\w+ \*?)\(\*(\w+)\)\((.*)\)', words)
        if pointer:
            return [(pointer[2], f'{pointer[1].strip()} (*)({pointer[3]})')]
        base, rest = re.fullmatch(r'((?:const |volatile )*\w+(?: const| volatile)*) (.*)', words).groups()
        fields = []
        for item in rest.split(','):
            stars, name, count = re.fullmatch(r'\s*(\**)(\w+)(\[\w+\])?', item).groups()
            fields.append((name, base + (' ' + stars if stars else '') + (count or '')))
        return fields


def check_api(tap, source, header):
    path = source / 'docs/api.md'
    text = path.read_text(encoding='utf-8')
    used = set(re.findall(r'\b(?:gradus|GRADUS)_\w+', text)) - {'gradus_'}
    used = {name for name in used if not name.endswith('_') or name in header.names}
    tap.same_set('docs/api.md: every public name of the headers and no other', used, header.names, 'name')
    headings = set(re.findall(r'^#+ `?(\w+\.h)`?', text, flags=re.M))
    tap.same_set('docs/api.md: a section for every header', headings, header.files - {'gradus.h'}, 'header')
    declared = ''.join(block.text for block in read_blocks(path) if block.marks.get('context') == 'declarations')
    signatures = set(re.findall(r'\b(gradus_\w+)\(', declared)) & header.functions
    tap.same_set('docs/api.md: the signature of every function', signatures, header.functions, 'signature')
    for name, fields in header.structs.items():
        rows = {row[0].strip('`'): row[1].strip('`') for row in table_rows(section(text, f'`{name}`'))
                if len(row) >= 3}
        expected = {f'{field}: {kind}' for field, kind in fields.items()}
        found = {f'{field}: {kind}' for field, kind in rows.items()}
        tap.same_set(f'docs/api.md: the fields of {name}', found, expected, 'field')


LISTS = r'''
#include <gradus.h>
#include <stdio.h>
#define STATUS(name, value, sentence) printf("status|GRADUS_" #name "|%d|%s\n", value, gradus_strerror(value));
#define STOP(name, value, converged, sentence)                                                       \
    printf("stop|GRADUS_STOP_" #name "|%d|%s|%s\n", value, gradus_stop_converged(GRADUS_STOP_##name) ? "yes" : "no", \
           gradus_stop_sentence(GRADUS_STOP_##name));
int main(void)
{
    GRADUS_STATUS_LIST(STATUS)
    GRADUS_STOP_LIST(STOP)
    return 0;
}
'''


def named_tests(source):
    """`suite/name` of every Criterion test: the text of the file it stands in."""
    tests = {}
    for path in sorted(source.glob('tests/*.c')):
        text = path.read_text(encoding='utf-8')
        for suite, name in re.findall(r'^(?:Parameterized)?Test\((\w+),\s*(\w+)', text, flags=re.M):
            tests[f'{suite}/{name}'] = text
    return tests


def check_errors(tap, options):
    text = (options.source / 'docs/errors.md').read_text(encoding='utf-8')
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(options, Path(folder).resolve())
        result = workshop.build_and_run('lists.c', LISTS, 'cc', 'c11')
    if result.problem:
        tap.point('docs/errors.md: the lists of the library', result.problem)
        return
    lists = [line.split('|') for line in result.output.splitlines()]
    for kind, heading, columns in (('status', 'Statuses', 3), ('stop', 'Stop reasons', 4)):
        rows = {' | '.join(cell.strip('`') for cell in row[:columns])
                for row in table_rows(section(text, heading))}
        expected = {' | '.join(row[1:]) for row in lists if row[0] == kind}
        tap.same_set(f'docs/errors.md: {heading.lower()} as the library has them', rows, expected, 'row')
    exits = re.findall(r'X\(\w+, (\d+), "(.*?)"\)', text_of(options.source / 'src/cli/exit_status.h'))
    tap.same_set('docs/errors.md: exit statuses as the program has them',
                 {' | '.join(row[:2]) for row in table_rows(section(text, 'Exit statuses'))},
                 {' | '.join(row) for row in exits}, 'row')
    tests = named_tests(options.source)
    for heading, column in (('Statuses', 5), ('Stop reasons', 4), ('Exit statuses', 2)):
        problems = []
        for row in table_rows(section(text, heading)):
            names = re.findall(r'`(\w+/\w+)`', row[column]) if len(row) > column else []
            problems += [f'{row[0]}: no test is named'] if not names else []
            problems += [f'{row[0]}: there is no test {name}' for name in names if name not in tests]
            subject = row[0].strip('`')
            problems += [f'{subject}: tests of {name} never mention it' for name in names
                         if subject not in tests.get(name, subject) and heading != 'Exit statuses']
        tap.point(f'docs/errors.md: {heading.lower()} and the tests that provoke them', '\n'.join(problems) or None)


def check_architecture(tap, source, header):
    path = source / 'docs/architecture.md'
    codes = inline_code(path)
    rooms = {f'src/{folder.name}/' for folder in (source / 'src').iterdir() if folder.is_dir()}
    named = {code for code in codes if re.fullmatch(r'src/\w+/', code)}
    tap.same_set('docs/architecture.md: every room, and no other', named, rooms, 'room')
    everything = '\n'.join(file.read_text(encoding='utf-8') for file in sorted((source / 'src').rglob('*.[ch]')))
    names = [code.removesuffix('()') for code in codes
             if re.fullmatch(r'(gr|gradus|GR|GRADUS)_\w+|\w+\(\)', code)]
    for block in read_blocks(path):
        for name, file in re.findall(r'[─ ] (\w+) .*?\b(\w+/\w+\.c)\b', block.text):
            names.append(name)
            if not re.search(rf'\b{name}\b', text_of(source / 'src' / file)):
                names.append(f'{name} in src/{file}')
    problems = [f'no such name in src/ or include/: {name}' for name in names
                if not re.search(rf'\b{name}\b', everything) and name not in header.names]
    problems += [f'no such file in src/: {code}' for code in codes
                 if re.fullmatch(r'\w+\.[ch]', code) and code != 'gradus.h'
                 and not any(source.glob(f'src/*/{code}')) and code not in header.files]
    tap.point('docs/architecture.md: functions and files that are named exist', '\n'.join(problems) or None)


def check_version(tap, source):
    version = re.search(r"version: '([\d.]+)'", (source / 'meson.build').read_text(encoding='utf-8'))[1]
    newest = re.search(r'^## (\S+)', (source / 'CHANGELOG.md').read_text(encoding='utf-8'), flags=re.M)
    tap.point('CHANGELOG.md: begins with the version of meson.build',
              None if newest and newest[1] == version else f'meson.build {version}, CHANGELOG.md {newest and newest[1]}')


def matching_cxx(compiler):
    """The name of the C++ compiler of the same family, so that sanitizers fit."""
    name = Path(compiler[-1]).name
    family = name.replace('clang', 'clang++') if 'clang' in name else name.replace('gcc', 'g++')
    return family if family != name and shutil.which(family) else 'c++'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', type=Path)
    parser.add_argument('build', type=Path)
    parser.add_argument('--data', type=Path, default=Path('.'), help='the folder with the reference data')
    parser.add_argument('--sanitize', default='none', help='as Meson says it: address,undefined, or none')
    parser.add_argument('--update', action='store_true')
    parser.add_argument('--only', default='', help='only the blocks of documents whose path holds this')
    parser.add_argument('compiler', nargs='+')
    options = parser.parse_args()
    options.source, options.build, options.data = (path.resolve() for path in (options.source, options.build, options.data))
    options.compiler = [shutil.which(word) or word for word in options.compiler]  # the shims have names like these
    options.cxx = os.environ.get('CXX') or matching_cxx(options.compiler)
    options.cxx = options.cxx and shutil.which(options.cxx)
    options.program = (options.build / 'src/cli/gradus').exists()

    tap, source = Tap(), options.source
    documents = [source / 'README.md', source / 'CHANGELOG.md', *sorted((source / 'docs').rglob('*.md'))]
    for path in documents:
        if options.only in str(path):
            check_blocks(tap, options, path)
    header = Header(source)
    for path in documents:
        check_links(tap, source, path)
        check_paths(tap, source, path)
    check_api(tap, source, header)
    check_errors(tap, options)
    check_architecture(tap, source, header)
    check_version(tap, source)
    print(f'1..{tap.count}')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
