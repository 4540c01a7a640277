//! pytest and unittest.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".py"];

pub(crate) const PYTEST: Tool = Tool {
    name: "pytest",
    innermost: Innermost::Last,
    // The source of a long test stands between its name and what failed.
    patience: 200,
    rules: &[
        Rule::keeps("_ _ {_}"),
        Rule::previews(">{ }{message}"),
        Rule::keeps("E{ }^{_}"),
        Rule::places("E     File \"{path}\", line {line}"),
        Rule::shows("E       {message}"),
        Rule::marks("{ }^{_}"),
        Rule::quotes("    {message}"),
        Rule::places("{file}:{line}: in {_}").of(SOURCES),
        Rule::ends("{file}:{line}: {error}").of(SOURCES),
        Rule::places("{file}:{line}: ").of(SOURCES),
        Rule::drops("{_} warnings summary {_}"),
        Rule::ends("===={_}"),
        Rule::begins("_{_}_ ERROR collecting {title} _{_}_"),
        Rule::begins("_{_}_ {title} _{_}_"),
        Rule::says("E   {message}"),
        Rule::adds("E   {message}"),
    ],
};

pub(crate) const UNITTEST: Tool = Tool {
    name: "unittest",
    innermost: Innermost::Last,
    patience: 4,
    rules: &[
        Rule::places("  File \"{path}\", line {line}, in {_}"),
        Rule::places("  File \"{path}\", line {line}"),
        Rule::marks("{ }^{_}"),
        Rule::marks("{ }~{_}"),
        Rule::quotes("    {message}"),
        Rule::begins("FAIL: {title} ({_})"),
        Rule::begins("ERROR: {title} ({_})"),
        Rule::ends("{error}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn unittest_names_the_test() {
        check(
            r#"
=== unittest
FE.
======================================================================
ERROR: test_breaks (tests.test_x.T.test_breaks)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/srv/py/tests/test_x.py", line 11, in test_breaks
    deep.fail(0)
  File "/srv/py/lib/deep.py", line 2, in fail
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero

======================================================================
FAIL: test_adds (tests.test_x.T.test_adds)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/srv/py/tests/test_x.py", line 8, in test_adds
    self.assertEqual(1 + 1, 3)
AssertionError: 2 != 3

----------------------------------------------------------------------
Ran 3 tests in 0.006s

FAILED (failures=1, errors=1)
"#,
            expect![[r#"
                /srv/py/lib/deep.py:2  `return 1 / x`
                  error (unittest): test_breaks: ZeroDivisionError: division by zero
                  from /srv/py/tests/test_x.py:11  `deep.fail(0)`
                /srv/py/tests/test_x.py:8  `self.assertEqual(1 + 1, 3)`
                  error (unittest): test_adds: AssertionError: 2 != 3
            "#]],
        );
    }

    #[test]
    fn pytest_in_full() {
        check(
            r#"
=== ONE
============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
rootdir: /srv/py
collected 3 items

tests/test_y.py FF.                                                      [100%]

=================================== FAILURES ===================================
__________________________________ test_adds ___________________________________

    def test_adds():
        a = 1
>       assert a + 1 == 3
E       assert (1 + 1) == 3

tests/test_y.py:8: AssertionError
__________________________________ test_deep ___________________________________

    def test_deep():
>       fail(0)

tests/test_y.py:12: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

x = 0

    def fail(x):
>       return 1 / x
               ^^^^^
E       ZeroDivisionError: division by zero

lib/deep.py:2: ZeroDivisionError
=========================== short test summary info ============================
FAILED tests/test_y.py::test_adds - assert (1 + 1) == 3
FAILED tests/test_y.py::test_deep - ZeroDivisionError: division by zero
========================= 2 failed, 1 passed in 0.04s ==========================
"#,
            expect![[r#"
                tests/test_y.py:8  `assert a + 1 == 3`
                  error (pytest): test_adds: assert (1 + 1) == 3
                lib/deep.py:2  `return 1 / x`
                  error (pytest): test_deep: ZeroDivisionError: division by zero
                  from tests/test_y.py:12  `fail(0)`
            "#]],
        );
    }

    #[test]
    fn pytest_in_short() {
        check(
            r#"
==== SHORT
FF.                                                                      [100%]
=================================== FAILURES ===================================
__________________________________ test_adds ___________________________________
tests/test_y.py:8: in test_adds
    assert a + 1 == 3
E   assert (1 + 1) == 3
__________________________________ test_deep ___________________________________
tests/test_y.py:12: in test_deep
    fail(0)
lib/deep.py:2: in fail
    return 1 / x
           ^^^^^
E   ZeroDivisionError: division by zero
=========================== short test summary info ============================
FAILED tests/test_y.py::test_adds - assert (1 + 1) == 3
FAILED tests/test_y.py::test_deep - ZeroDivisionError: division by zero
2 failed, 1 passed in 0.06s
"#,
            expect![[r#"
                tests/test_y.py:8  `assert a + 1 == 3`
                  error (pytest): test_adds: assert (1 + 1) == 3
                lib/deep.py:2  `return 1 / x`
                  error (pytest): test_deep: ZeroDivisionError: division by zero
                  from tests/test_y.py:12  `fail(0)`
            "#]],
        );
    }

    #[test]
    fn what_pytest_cannot_collect() {
        check(
            r#"
==================================== ERRORS ====================================
_______________________ ERROR collecting tests/test_z.py _______________________
ImportError while importing test module '/srv/py/tests/test_z.py'.
Hint: make sure your test modules/packages have valid Python names.
Traceback:
/root/.pyenv/versions/3.11.7/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
tests/test_z.py:1: in <module>
    import nothing_here
E   ModuleNotFoundError: No module named 'nothing_here'
_______________________ ERROR collecting tests/test_w.py _______________________
../venv/lib/python3.11/site-packages/_pytest/python.py:528: in importtestmodule
    mod = import_path(
../venv/lib/python3.11/site-packages/_pytest/pathlib.py:640: in import_path
    importlib.import_module(module_name)
/root/.pyenv/versions/3.11.7/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
<frozen importlib._bootstrap>:1204: in _gcd_import
    ???
<frozen importlib._bootstrap>:1176: in _find_and_load
    ???
<frozen importlib._bootstrap>:1147: in _find_and_load_unlocked
    ???
<frozen importlib._bootstrap>:690: in _load_unlocked
    ???
../venv/lib/python3.11/site-packages/_pytest/assertion/rewrite.py:176: in exec_module
    source_hash, co = _rewrite_test(fn, self.config)
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
../venv/lib/python3.11/site-packages/_pytest/assertion/rewrite.py:339: in _rewrite_test
    tree = ast.parse(source, filename=strfn)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
/root/.pyenv/versions/3.11.7/lib/python3.11/ast.py:50: in parse
    return compile(source, filename, mode, flags,
E     File "/srv/py/tests/test_w.py", line 1
E       def test_bad(:
E                    ^
E   SyntaxError: invalid syntax
=========================== short test summary info ============================
ERROR tests/test_z.py
ERROR tests/test_w.py
!!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!
2 errors in 0.55s
"#,
            expect![[r#"
                tests/test_z.py:1  `import nothing_here`
                  error (pytest): tests/test_z.py: ModuleNotFoundError: No module named 'nothing_here'
                  from /root/.pyenv/versions/3.11.7/lib/python3.11/importlib/__init__.py:126  `return _bootstrap._gcd_import(name[level:], package, level)`
                /srv/py/tests/test_w.py:1  `def test_bad(:`
                  error (pytest): tests/test_w.py: SyntaxError: invalid syntax
                  from /root/.pyenv/versions/3.11.7/lib/python3.11/ast.py:50  `return compile(source, filename, mode, flags,`
                  from ../venv/lib/python3.11/site-packages/_pytest/assertion/rewrite.py:339  `tree = ast.parse(source, filename=strfn)`
                  from ../venv/lib/python3.11/site-packages/_pytest/assertion/rewrite.py:176  `source_hash, co = _rewrite_test(fn, self.config)`
                  from /root/.pyenv/versions/3.11.7/lib/python3.11/importlib/__init__.py:126  `return _bootstrap._gcd_import(name[level:], package, level)`
                  from ../venv/lib/python3.11/site-packages/_pytest/pathlib.py:640  `importlib.import_module(module_name)`
                  from ../venv/lib/python3.11/site-packages/_pytest/python.py:528  `mod = import_path(`
            "#]],
        );
    }

    #[test]
    fn native_tracebacks_are_pythons() {
        check(
            r#"
=================================== FAILURES ===================================
__________________________________ test_deep ___________________________________
Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/_pytest/python.py", line 187, in pytest_pyfunc_call
    result = testfunction(**testargs)
             ^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/py/tests/test_y.py", line 12, in test_deep
    fail(0)
  File "/srv/py/lib/deep.py", line 2, in fail
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero
=========================== short test summary info ============================
"#,
            expect![[r#"
                /srv/py/lib/deep.py:2  `return 1 / x`
                  error (python): ZeroDivisionError: division by zero
                  from /srv/py/tests/test_y.py:12  `fail(0)`
                  from /venv/lib/python3.11/site-packages/_pytest/python.py:187  `result = testfunction(**testargs)`
            "#]],
        );
    }

    #[test]
    fn warnings_and_passed_tests_are_nothing() {
        is_silent(
            r#"
tests/test_y.py ...                                                      [100%]
=============================== warnings summary ===============================
tests/test_y.py::test_adds
  /srv/py/tests/test_y.py:8: DeprecationWarning: old
    warnings.warn("old")
-- Docs: https://docs.pytest.org/en/stable/how-to/capture-warnings.html
========================= 3 passed, 1 warning in 0.04s =========================
FAILED (failures=1, errors=1)
tests/test_x.py:3: error look-alike
FAIL: no test at all
"#,
        );
    }
}
