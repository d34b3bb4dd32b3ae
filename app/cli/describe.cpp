// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/describe.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone::cli {

namespace {

struct OptionText
{
    std::string name; ///< "--json", or "DB" of a positional
    std::string about;
    std::string value; ///< "FILE"; empty for a flag
    std::vector<std::string> choices;
    bool isPositional = false;
    bool isSystem = false; ///< its values are the ids of profiles
};

struct VerbText
{
    std::string name;
    std::string about;
    std::vector<OptionText> options;
};

OptionText textOf(const CLI::Option &option)
{
    OptionText text;
    text.isPositional = option.nonpositional() ? false : option.get_positional();
    text.name = text.isPositional || option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
    text.about = option.get_description();
    if (option.get_type_size() != 0 || text.isPositional) {
        const std::string type = option.get_type_name();
        const std::size_t brace = type.find('{');
        text.value = type.substr(0, std::min(type.find(':'), brace));
        if (brace != std::string::npos) {
            std::string word;
            for (std::size_t i = brace + 1; i < type.size() && type[i] != '}'; ++i) {
                if (type[i] == ',')
                    text.choices.push_back(std::exchange(word, {}));
                else
                    word += type[i];
            }
            text.choices.push_back(word);
        }
        text.isSystem = text.name == "--system";
    }
    return text;
}

std::vector<VerbText> verbsOf(const CLI::App &app)
{
    std::vector<VerbText> verbs;
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
        VerbText verb{command->get_name(), command->get_description(), {}};
        for (const CLI::Option *option : command->get_options()) {
            if (!option->get_group().empty())
                verb.options.push_back(textOf(*option));
        }
        verbs.push_back(std::move(verb));
    }
    return verbs;
}

std::string joined(const std::vector<std::string> &words, const char *separator)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : separator) + word;
    return text;
}

std::string replaced(std::string text, const std::string &what, const std::string &with)
{
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

constexpr auto systemIds = "$(turnstone-cli profiles 2>/dev/null | awk '/^[a-z]/ {print $1}')";

std::string bash(const std::vector<VerbText> &verbs)
{
    std::string names;
    std::string cases;
    for (const VerbText &verb : verbs) {
        names += (names.empty() ? "" : " ") + verb.name;
        std::vector<std::string> options;
        std::string values;
        std::string positional;
        for (const OptionText &option : verb.options) {
            if (option.isPositional) {
                positional += (positional.empty() || option.choices.empty() ? "" : " ") + joined(option.choices, " ");
                continue;
            }
            options.push_back(option.name);
            if (option.isSystem)
                values += "                " + option.name + ") COMPREPLY=($(compgen -W \"" + systemIds + "\" -- \"$cur\")); return ;;\n";
            else if (!option.choices.empty())
                values += "                " + option.name + ") COMPREPLY=($(compgen -W '" + joined(option.choices, " ") + "' -- \"$cur\")); return ;;\n";
            else if (option.value == "FILE" || option.value == "DIR")
                values += "                " + option.name + ") compopt -o default; COMPREPLY=(); return ;;\n";
            else if (!option.value.empty())
                values += "                " + option.name + ") COMPREPLY=(); return ;;\n";
        }
        cases += "        " + verb.name + ")\n            case $prev in\n" + values + "            esac\n            options='" + joined(options, " ") + "'\n            words='" + positional + "'\n            ;;\n";
    }
    return "# SPDX-License-Identifier: GPL-3.0-or-later\n# bash completion for turnstone-cli; made by turnstone-cli --describe bash\n"
           "_turnstone_cli() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options='' words=''\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '" + names + " --help --version' -- \"$cur\"))\n        return\n    fi\n"
           "    case ${COMP_WORDS[1]} in\n" + cases + "    esac\n"
           "    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
           "    else\n        compopt -o default\n        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n    fi\n}\n"
           "complete -F _turnstone_cli turnstone-cli\n";
}

std::string zsh(const std::vector<VerbText> &verbs)
{
    const auto quoted = [](const std::string &text) { return replaced(replaced(replaced(replaced(text, "'", "'\\''"), ":", "\\:"), "[", "\\["), "]", "\\]"); };
    std::string names;
    std::string cases;
    for (const VerbText &verb : verbs) {
        names += "        '" + verb.name + ":" + quoted(verb.about) + "'\n";
        cases += "        " + verb.name + ")\n            _arguments \\\n";
        for (const OptionText &option : verb.options) {
            if (option.isPositional)
                continue;
            cases += "                '" + option.name + "[" + quoted(option.about) + "]";
            if (!option.value.empty()) {
                cases += ":" + quoted(option.value) + ":";
                if (option.isSystem)
                    cases += std::string("(") + systemIds + ")";
                else
                    cases += option.choices.empty() ? (option.value == "FILE" || option.value == "DIR" ? "_files" : "") : "(" + joined(option.choices, " ") + ")";
            }
            cases += "' \\\n";
        }
        cases += "                '*::file:_files'\n            ;;\n";
    }
    // The ids are asked for when they are wanted, not when the script is read.
    cases = replaced(cases, std::string("(") + systemIds + ")", "->systems");
    return "#compdef turnstone-cli\n# SPDX-License-Identifier: GPL-3.0-or-later\n# Made by turnstone-cli --describe zsh\n"
           "_turnstone_cli() {\n    local -a verbs\n    local state line\n    verbs=(\n" + names + "    )\n"
           "    if (( CURRENT == 2 )); then\n        _describe 'verb' verbs\n        return\n    fi\n"
           "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $verb in\n" + cases + "    esac\n"
           "    if [[ $state == systems ]]; then\n        compadd -- $(turnstone-cli profiles 2>/dev/null | awk '/^[a-z]/ {print $1}')\n    fi\n}\n"
           "_turnstone_cli \"$@\"\n";
}

std::string fish(const std::vector<VerbText> &verbs)
{
    const auto quoted = [](const std::string &text) { return replaced(replaced(text, "\\", "\\\\"), "'", "\\'"); };
    std::string text = "# SPDX-License-Identifier: GPL-3.0-or-later\n# fish completion for turnstone-cli; made by turnstone-cli --describe fish\n";
    for (const VerbText &verb : verbs)
        text += "complete -c turnstone-cli -n __fish_use_subcommand -f -a " + verb.name + " -d '" + quoted(verb.about) + "'\n";
    for (const VerbText &verb : verbs) {
        for (const OptionText &option : verb.options) {
            if (option.isPositional || !option.name.starts_with("--"))
                continue;
            text += "complete -c turnstone-cli -n '__fish_seen_subcommand_from " + verb.name + "' -l " + option.name.substr(2);
            if (option.isSystem)
                text += " -x -a \"(turnstone-cli profiles 2>/dev/null | awk '/^[a-z]/ {print \\$1}')\"";
            else if (!option.choices.empty())
                text += " -x -a '" + joined(option.choices, " ") + "'";
            else if (option.value == "FILE" || option.value == "DIR")
                text += " -r -F";
            else if (!option.value.empty())
                text += " -x";
            text += " -d '" + quoted(option.about) + "'\n";
        }
    }
    return text;
}

/// Text as roff takes it: backslashes and dashes escaped, no line that begins with a dot or quote.
std::string roff(const std::string &text)
{
    std::string escaped = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
    if (escaped.starts_with('.') || escaped.starts_with('\''))
        escaped = "\\&" + escaped;
    return escaped;
}

std::string man(const std::vector<VerbText> &verbs)
{
    std::string text;
    for (const VerbText &verb : verbs) {
        std::string line = ".B turnstone\\-cli " + roff(verb.name);
        for (const OptionText &option : verb.options) {
            if (option.isPositional)
                line += " \\fR[\\fI" + roff(option.name) + "\\fR]";
        }
        text += ".SS " + roff(verb.name) + "\n" + line + " \\fR[\\fIoptions\\fR]\n.PP\n" + roff(verb.about) + ".\n";
        for (const OptionText &option : verb.options) {
            if (option.name == "--help")
                continue;
            text += ".TP\n.B " + roff(option.name);
            if (!option.isPositional && !option.value.empty())
                text += " \\fI" + roff(option.choices.empty() ? option.value : joined(option.choices, "|"));
            text += "\n" + roff(option.about.empty() ? "See above" : option.about) + ".\n";
        }
    }
    return text;
}

} // namespace

Result<QByteArray> describe(const CLI::App &app, const std::string &form)
{
    const std::vector<VerbText> verbs = verbsOf(app);
    if (form == "bash")
        return QByteArray::fromStdString(bash(verbs));
    if (form == "zsh")
        return QByteArray::fromStdString(zsh(verbs));
    if (form == "fish")
        return QByteArray::fromStdString(fish(verbs));
    if (form == "man")
        return QByteArray::fromStdString(man(verbs));
    return failure(ErrorCode::InvalidInput, QCoreApplication::translate("Describe", "--describe takes bash, zsh, fish or man, not \"%1\".").arg(QString::fromStdString(form)));
}

} // namespace turnstone::cli
