# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(BW_TEST_ENVIRONMENT
  QT_QPA_PLATFORM=offscreen TZ=UTC LC_ALL=C.UTF-8 QT_HASH_SEED=0
  ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
  XDG_CONFIG_HOME=${PROJECT_BINARY_DIR}/test-home/config XDG_DATA_HOME=${PROJECT_BINARY_DIR}/test-home/data
  XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/test-home/cache BW_SOURCE_DIR=${PROJECT_SOURCE_DIR}
  BW_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY} BW_TEST_DATA=${PROJECT_SOURCE_DIR}/tests/data)

# bw_add_test(NAME area/unit SOURCES tst_unit.cpp … LIBS bw_x … [TIMEOUT seconds] [LABELS …])
# One Qt Test program, linked with the library under test alone. Its data: $BW_TEST_DATA.
function(bw_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "GUI" "NAME;TIMEOUT" "SOURCES;LIBS;LABELS")
  string(REPLACE "/" "_" target "tst_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} Qt6::Test bw_flags)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  # <support/…>: the fakes and servers that tests of several folders share, and nothing else of tests/.
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include/tests)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/tests/support ${PROJECT_BINARY_DIR}/include/tests/support SYMBOLIC)
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/include/tests)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${target})
  set_tests_properties(${arg_NAME} PROPERTIES ENVIRONMENT "${BW_TEST_ENVIRONMENT}" TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()

# bw_add_script_test(NAME area/unit SCRIPT file.py [ARGS …] [TIMEOUT seconds] [LABELS …])
# A Python 3 program; exit 0 passes, 77 is a visible skip, anything else fails. With CI=true a script fails
# where it would skip.
function(bw_add_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SCRIPT;TIMEOUT" "ARGS;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  get_filename_component(script ${arg_SCRIPT} ABSOLUTE)
  add_test(NAME ${arg_NAME} COMMAND ${Python3_EXECUTABLE} ${script} ${arg_ARGS})
  set_tests_properties(${arg_NAME} PROPERTIES ENVIRONMENT "${BW_TEST_ENVIRONMENT};PYTHONPATH=${PROJECT_SOURCE_DIR}/tests"
    TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77 LABELS "${arg_LABELS}")
endfunction()

# bw_uses_trace_backends(TEST [zipkin] [jaeger])
# The test waits until these are installed. They are kept in the user's own cache folder, not in one that
# goes with the build folder: they do not change with our code.
function(bw_uses_trace_backends test)
  if(DEFINED ENV{XDG_CACHE_HOME})
    set(cache "XDG_CACHE_HOME=set:$ENV{XDG_CACHE_HOME}")
  else()
    set(cache "XDG_CACHE_HOME=unset:")
  endif()
  list(TRANSFORM ARGN PREPEND traces-)
  set_tests_properties(${test} PROPERTIES ENVIRONMENT_MODIFICATION "${cache}")
  if(ARGN)
    set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED "${ARGN}")
  endif()
endfunction()
