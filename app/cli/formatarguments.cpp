// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/formatarguments.h"

#include <QCoreApplication>

namespace turnstone::cli {

using namespace Qt::StringLiterals;

namespace {

struct FormatArgumentsText
{
    Q_DECLARE_TR_FUNCTIONS(FormatArguments)
};

} // namespace

Result<char> separatorFrom(const std::string &word)
{
    if (word == "tab" || word == "\\t")
        return '\t';
    if (word.size() == 1 && static_cast<signed char>(word.front()) > 0 && word.front() != '"' && word.front() != '\n' && word.front() != '\r')
        return word.front();
    return failure(ErrorCode::InvalidInput, FormatArgumentsText::tr("--separator takes one character, such as ; or tab"));
}

void FormatArguments::declare(CLI::App &command)
{
    command.add_option("--format", m_format, "csv, tsv, json, jsonl, markdown, sql, xlsx or chat")
        ->check(CLI::IsMember({"csv", "tsv", "json", "jsonl", "markdown", "sql", "xlsx", "chat"}))->capture_default_str();
    command.add_option("--null", m_null, "CSV: what stands for NULL; an empty text is then quoted where it has to be")->type_name("TEXT");
    command.add_option("--separator", m_separator, "CSV: between fields; tab or one character")->type_name("CHAR");
    command.add_option("--quote", m_quote, "CSV: quote where needed, texts, or all")->check(CLI::IsMember({"needed", "texts", "all"}))->capture_default_str();
    command.add_flag("--no-header", m_noHeader, "CSV: leave the line of column names out");
    command.add_flag("--bom", m_mark, "CSV: begin with a byte order mark, as Excel wants it");
    command.add_flag("--crlf", m_crlf, "CSV: end lines with CR LF");
    command.add_option("--blobs", m_blobs, "Blobs as usual in the format, as base64 or as hex")->check(CLI::IsMember({"usual", "base64", "hex"}))->capture_default_str();
    command.add_option("--json", m_json, "Embedded JSON nested, or as text")->check(CLI::IsMember({"nested", "text"}))->capture_default_str();
    command.add_option("--times", m_times, "Times as stored, or as ISO 8601 in a zone: utc, local, Europe/Vienna, …")->type_name("ZONE")->capture_default_str();
}

Result<FormatOptions> FormatArguments::options() const
{
    FormatOptions options;
    options.format = format();
    options.nullText = QByteArray::fromStdString(m_null);
    if (!m_separator.empty()) {
        const Result<char> separator = separatorFrom(m_separator);
        if (!separator)
            return failure(separator);
        options.separator = *separator;
    }
    options.quoting = m_quote == "all" ? FormatOptions::Quoting::Everything : m_quote == "texts" ? FormatOptions::Quoting::Texts : FormatOptions::Quoting::WhereNeeded;
    options.hasHeader = !m_noHeader;
    options.hasByteOrderMark = m_mark;
    options.hasCrLf = m_crlf;
    options.blobs = m_blobs == "base64" ? FormatOptions::Blobs::Base64 : m_blobs == "hex" ? FormatOptions::Blobs::Hex : FormatOptions::Blobs::Usual;
    options.jsonAsText = m_json == "text";
    if (m_times == "utc") {
        options.zone = QTimeZone::utc();
    } else if (m_times == "local") {
        options.zone = QTimeZone::systemTimeZone();
    } else if (m_times != "stored") {
        options.zone = QTimeZone(QByteArray::fromStdString(m_times));
        if (!options.zone.isValid())
            return failure(ErrorCode::InvalidInput, FormatArgumentsText::tr("--times: there is no time zone %1").arg(QString::fromStdString(m_times)));
    }
    return options;
}

} // namespace turnstone::cli
