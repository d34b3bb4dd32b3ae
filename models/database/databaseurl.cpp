// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/databaseurl.h"

#include "models/database/envfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStringDecoder>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Parameter = DatabaseUrl::Parameter;

struct DatabaseurlText
{
    Q_DECLARE_TR_FUNCTIONS(DatabaseUrl)
};

template<size_t N>
bool isOneOf(QStringView word, const std::array<QLatin1StringView, N> &words)
{
    return std::any_of(words.begin(), words.end(), [word](QLatin1StringView w) { return word.compare(w, Qt::CaseInsensitive) == 0; });
}

tl::unexpected<Error> invalid(const QString &message)
{
    return failure(ErrorCode::InvalidInput, message);
}

bool isHexDigit(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

// Percent-encoding

enum class Encode {
    Everything, ///< all but unreserved ASCII: safe in every part of a URL and for every program
    ForReading  ///< letters of all languages stay as they are
};

QString percentEncoded(const QString &text, Encode how, QLatin1StringView alsoPlain = {})
{
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool ascii = c.unicode() < 0x80;
        if (ascii ? c.isLetterOrNumber() || "-._~"_L1.contains(c) || alsoPlain.contains(c)
                  : how == Encode::ForReading && c.isLetterOrNumber()) {
            out += c;
            continue;
        }
        const qsizetype units = c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate() ? 2 : 1;
        out += QLatin1StringView(QStringView(text).sliced(i, units).toUtf8().toPercentEncoding());
        i += units - 1;
    }
    return out;
}

enum class Percent {
    Strict, ///< as libpq: a stray % is an error
    Lenient ///< as SQLite: a stray % stands for itself
};

/// Empty if `text` is well encoded, else what is wrong with it, without repeating any of it.
QString percentProblem(QStringView text, const QString &part, Percent how)
{
    QByteArray bytes;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'%') {
            bytes += text.sliced(i, 1).toUtf8();
            continue;
        }
        const bool encoded = i + 2 < text.size() && isHexDigit(text[i + 1]) && isHexDigit(text[i + 2]);
        if (!encoded && how == Percent::Strict)
            return DatabaseurlText::tr("In %1 a % is not followed by two hexadecimal digits; a % itself must be written as %25.")
                .replace("%1"_L1, part);
        if (!encoded) {
            bytes += '%';
            continue;
        }
        if (text.sliced(i + 1, 2) == "00"_L1)
            return DatabaseurlText::tr("In %1 the sequence %00 is not allowed.").replace("%1"_L1, part);
        bytes += char(text.sliced(i + 1, 2).toInt(nullptr, 16));
        i += 2;
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
    const QString decoded = decoder(bytes);
    if (decoder.hasError())
        return DatabaseurlText::tr("In %1 the percent-encoded bytes are not UTF-8.").arg(part);
    return {};
}

/// A stray % stands for itself (QByteArray::fromPercentEncoding takes the characters after it).
QString percentDecoded(QStringView text)
{
    const QByteArray encoded = text.toUtf8();
    QByteArray bytes;
    for (qsizetype i = 0; i < encoded.size(); ++i) {
        const bool isCode = encoded[i] == '%' && i + 2 < encoded.size() && isHexDigit(QLatin1Char(encoded[i + 1])) && isHexDigit(QLatin1Char(encoded[i + 2]));
        bytes += isCode ? char(encoded.mid(i + 1, 2).toInt(nullptr, 16)) : encoded[i];
        i += isCode ? 2 : 0;
    }
    return QString::fromUtf8(bytes);
}

/// The items of a query string with decoded names and values.
QList<Parameter> queryItems(QStringView query, bool plusIsSpace)
{
    QList<Parameter> items;
    for (QStringView item : query.split(u'&', Qt::SkipEmptyParts)) {
        const qsizetype equals = item.indexOf(u'=');
        QString name = (equals < 0 ? item : item.left(equals)).toString();
        QString value = equals < 0 ? QString() : item.mid(equals + 1).toString();
        if (plusIsSpace) {
            name.replace(u'+', u' ');
            value.replace(u'+', u' ');
        }
        items.append({percentDecoded(name), percentDecoded(value)});
    }
    return items;
}

// SQLite

QString absolutePath(const QString &path, const QString &folder)
{
    if (path == "~"_L1)
        return QDir::homePath();
    if (path.startsWith("~/"_L1))
        return QDir::homePath() + path.mid(1);
    if (QDir::isAbsolutePath(path) && !path.startsWith(u':')) // a colon is Qt's mark of built-in files
        return path;
    // ".." stays: what it means depends on symbolic links.
    QString rest = path;
    while (rest.startsWith("./"_L1))
        rest.remove(0, 2);
    return folder + (folder.endsWith(u'/') ? ""_L1 : "/"_L1) + rest;
}

tl::unexpected<Error> inMemory()
{
    return invalid(DatabaseurlText::tr("This names a database in memory, which only the program that made it can see; give the path of a file."));
}

// PostgreSQL

using ParsedOptions = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

bool isSecret(QStringView keyword)
{
    static constexpr std::array secrets{"password"_L1, "sslpassword"_L1, "oauth_client_secret"_L1, "scram_client_key"_L1, "scram_server_key"_L1};
    return isOneOf(keyword, secrets);
}

bool isLibpqKeyword(const QString &keyword)
{
    static const QStringList known = [] {
        QStringList keywords;
        const ParsedOptions options(PQconndefaults(), &PQconninfoFree);
        for (const PQconninfoOption *option = options.get(); option && option->keyword; ++option)
            keywords.append(QString::fromLatin1(option->keyword));
        return keywords;
    }();
    return known.contains(keyword);
}

tl::unexpected<Error> unknownParameter(const QString &name, bool afterSecret)
{
    if (afterSecret) // it may be the rest of a password
        return invalid(DatabaseurlText::tr("After the password there is a parameter that PostgreSQL's client library does not know. "
                                "If the password contains &, write it as %26."));
    return invalid(DatabaseurlText::tr("PostgreSQL's client library (libpq %1) knows no parameter “%2”.").arg(PQlibVersion() / 10000).arg(name.left(60)));
}

/// What the SQLAlchemy drivers call differently, in libpq's words; what only concerns Python goes.
QList<Parameter> libpqWords(const QString &driver, const QList<Parameter> &items)
{
    static constexpr std::array dropped{"prepared_statement_cache_size"_L1, "statement_cache_size"_L1, "max_cached_statement_lifetime"_L1,
                                        "max_cacheable_statement_size"_L1, "prepared_statement_name_func"_L1, "command_timeout"_L1,
                                        "async_fallback"_L1, "prepare_threshold"_L1, "autocommit"_L1, "use_native_uuid"_L1,
                                        "executemany_mode"_L1, "executemany_batch_page_size"_L1, "use_insertmanyvalues"_L1};
    const auto truth = [](const QString &value) { return isOneOf(value, std::array{"true"_L1, "1"_L1, "yes"_L1, "on"_L1}); };
    const auto untruth = [](const QString &value) { return isOneOf(value, std::array{"false"_L1, "0"_L1, "no"_L1, "off"_L1}); };
    const bool asyncpg = driver == "asyncpg"_L1;
    const bool pg8000 = driver == "pg8000"_L1;

    QList<Parameter> words;
    for (const auto &[name, value] : items) {
        if (isOneOf(name, dropped))
            continue;
        if ((asyncpg && name == "ssl"_L1) || (pg8000 && name == "ssl_context"_L1))
            words.append({u"sslmode"_s, truth(value) ? u"require"_s : untruth(value) ? u"disable"_s : value});
        else if ((asyncpg || pg8000) && name == "timeout"_L1)
            words.append({u"connect_timeout"_s, QString::number(std::ceil(std::min(value.toDouble(), 1e6)), 'f', 0)});
        else if (pg8000 && name == "tcp_keepalive"_L1)
            words.append({u"keepalives"_s, untruth(value) ? u"0"_s : u"1"_s});
        else if (pg8000 && name == "unix_sock"_L1) // the socket itself; libpq wants its folder
            words.append({u"host"_s, value.left(std::max<qsizetype>(1, value.lastIndexOf(u'/')))});
        else
            words.append({name, value});
    }
    return words;
}

/// SQLAlchemy writes several hosts as `?host=a:5432&host=b`; libpq wants comma lists.
void joinRepeatedHosts(QList<Parameter> &items)
{
    const auto isHost = [](const Parameter &item) { return item.first == "host"_L1; };
    if (std::count_if(items.cbegin(), items.cend(), isHost) < 2)
        return;
    QStringList hosts;
    QStringList ports;
    for (const Parameter &item : std::as_const(items)) {
        if (!isHost(item))
            continue;
        const qsizetype colon = item.second.lastIndexOf(u':');
        const bool withPort = colon >= 0 && !item.second.startsWith(u'/') && item.second.count(u':') == 1;
        hosts.append(withPort ? item.second.left(colon) : item.second);
        ports.append(withPort ? item.second.mid(colon + 1) : QString());
    }
    const bool anyPort = std::any_of(ports.cbegin(), ports.cend(), [](const QString &port) { return !port.isEmpty(); });
    items.removeIf(isHost);
    items.append({u"host"_s, hosts.join(u',')});
    if (anyPort) {
        items.removeIf([](const Parameter &item) { return item.first == "port"_L1; });
        items.append({u"port"_s, ports.join(u',')});
    }
}

QString credentialsHint()
{
    return DatabaseurlText::tr("In a user name or password these characters must be percent-encoded: @ as %40, / as %2F, : as %3A, ? as %3F, # as %23, % as %25.");
}

/// Why libpq would misread or refuse what stands after "postgresql://"; empty if it would not.
/// Written so that no message repeats any part of the text: any part may be a piece of the password.
QString authorityProblem(QStringView rest)
{
    // As libpq: user and password are what stands before the first @, if that comes before any /.
    qsizetype at = 0;
    while (at < rest.size() && rest[at] != u'@' && rest[at] != u'/')
        ++at;
    const bool hasCredentials = at < rest.size() && rest[at] == u'@';
    const QStringView credentials = hasCredentials ? rest.left(at) : QStringView();
    const QStringView after = hasCredentials ? rest.sliced(at + 1) : rest;
    qsizetype hostsEnd = 0;
    while (hostsEnd < after.size() && after[hostsEnd] != u'/' && after[hostsEnd] != u'?')
        ++hostsEnd;
    const QStringView hosts = after.left(hostsEnd);
    const qsizetype question = after.indexOf(u'?', hostsEnd);
    const QStringView path = after.sliced(hostsEnd, (question < 0 ? after.size() : question) - hostsEnd);
    const QStringView query = question < 0 ? QStringView() : after.sliced(question + 1);

    if (hosts.contains(u'@'))
        return DatabaseurlText::tr("There is more than one @ before the database name.") + u' ' + credentialsHint();
    // Of a password such as x@y/z?a=b the end would be taken for parameters.
    bool strayAt = path.contains(u'@');
    for (QStringView item : query.split(u'&')) {
        const qsizetype equals = item.indexOf(u'=');
        const QString name = percentDecoded(item.left(equals < 0 ? item.size() : equals));
        strayAt = strayAt || (item.contains(u'@') && !(equals >= 0 && ((name == "user"_L1 && !hasCredentials) || isSecret(name))));
    }
    if (strayAt)
        return DatabaseurlText::tr("An @ stands after the first /.") + u' ' + credentialsHint();
    if (path.indexOf(u'/', 1) > 0)
        return DatabaseurlText::tr("The database name contains a /, which must be written as %2F.") + u' ' + credentialsHint();
    const QStringView user = credentials.left(credentials.indexOf(u':') < 0 ? credentials.size() : credentials.indexOf(u':'));
    if (user.contains(u'?') || user.contains(u'#'))
        return DatabaseurlText::tr("The user name contains a ? or #.") + u' ' + credentialsHint();
    if (QString problem = percentProblem(credentials, DatabaseurlText::tr("the user name or password"), Percent::Strict); !problem.isEmpty())
        return problem;
    if (QString problem = percentProblem(hosts, DatabaseurlText::tr("the host"), Percent::Strict); !problem.isEmpty())
        return problem;
    if (QString problem = percentProblem(path, DatabaseurlText::tr("the database name"), Percent::Strict); !problem.isEmpty())
        return problem;

    for (QStringView host : hosts.split(u',')) {
        QStringView port;
        if (host.startsWith(u'[')) {
            const qsizetype close = host.indexOf(u']');
            if (close < 2)
                return DatabaseurlText::tr("An IPv6 address must stand in brackets, for example [::1]:5432.");
            port = host.sliced(close + 1);
            if (!port.isEmpty() && port[0] != u':')
                return DatabaseurlText::tr("After the brackets of an IPv6 address only : and a port may follow.");
        } else {
            const qsizetype colon = host.indexOf(u':');
            port = colon < 0 ? QStringView() : host.sliced(colon);
            if (port.count(u':') > 1)
                return DatabaseurlText::tr("A host has more than one colon. An IPv6 address must stand in brackets, for example [::1]:5432; "
                                "after user:password there must be an @ and the host.");
        }
    }
    return {};
}

Result<QList<Parameter>> libpqParse(const QByteArray &text)
{
    char *libpqMessage = nullptr;
    const ParsedOptions options(PQconninfoParse(text.constData(), &libpqMessage), &PQconninfoFree);
    PQfreemem(libpqMessage); // not shown: it repeats pieces of the text
    if (!options)
        return invalid(DatabaseurlText::tr("PostgreSQL's client library cannot read this connection text."));
    QList<Parameter> parameters;
    for (const PQconninfoOption *option = options.get(); option->keyword; ++option)
        if (option->val && *option->val)
            parameters.append({QString::fromLatin1(option->keyword), QString::fromUtf8(option->val)});
    return parameters;
}

/// Empty, or what keeps these parameters from naming a database.
QString parameterProblem(const DatabaseUrl &url)
{
    const QString database = url.parameter(u"dbname"_s);
    if (database.isEmpty() && url.parameter(u"service"_s).isEmpty())
        return DatabaseurlText::tr("The database name is missing; it stands after the host: postgresql://user@host:5432/name.");
    if (database.startsWith("postgresql://"_L1) || database.startsWith("postgres://"_L1))
        return DatabaseurlText::tr("The database name is itself a URL; give that URL alone.");
    if (url.parameter(u"host"_s).contains(u'@') && !url.parameter(u"host"_s).startsWith(u'@'))
        return DatabaseurlText::tr("The host contains an @.") + u' ' + credentialsHint();

    const QString portList = url.parameter(u"port"_s);
    if (portList.isEmpty())
        return {};
    const QStringList ports = portList.split(u',');
    for (const QString &port : ports) {
        bool isNumber = true;
        const int number = port.isEmpty() ? 5432 : port.toInt(&isNumber);
        if (!isNumber || number < 1 || number > 65535)
            return DatabaseurlText::tr("A port is no number from 1 to 65535. (After user:password there must be an @ and the host.)");
    }
    const QString hosts = url.parameter(u"hostaddr"_s).isEmpty() ? url.parameter(u"host"_s) : url.parameter(u"hostaddr"_s);
    const qsizetype hostCount = hosts.count(u',') + 1;
    if (ports.size() != 1 && ports.size() != hostCount)
        return DatabaseurlText::tr("There are %1 ports for %2 hosts; give one port for all or one for each.").arg(ports.size()).arg(hostCount);
    return {};
}

Result<DatabaseUrl> fromLibpq(const QByteArray &text, DatabaseUrl url)
{
    const Result<QList<Parameter>> parameters = libpqParse(text);
    if (!parameters)
        return failure(parameters);
    for (const auto &[keyword, value] : *parameters) {
        const bool isEmptyList = keyword == "port"_L1 && value.count(u',') == value.size(); // of "host1,host2" in a URL
        url.setParameter(keyword, isEmptyList ? QString() : value);
    }
    if (const QString problem = parameterProblem(url); !problem.isEmpty())
        return invalid(problem);
    return url;
}

/// `host` and `port` lists as pairs; one port counts for all hosts.
QList<Parameter> hostPairs(const DatabaseUrl &url, const QString &defaultPort)
{
    const QStringList hosts = url.parameter(u"host"_s).split(u',');
    const QStringList ports = url.parameter(u"port"_s).split(u',');
    QList<Parameter> pairs;
    for (qsizetype i = 0; i < hosts.size(); ++i) {
        const QString port = ports.size() == 1 ? ports.first() : ports.value(i);
        pairs.append({hosts[i], port.isEmpty() ? defaultPort : port});
    }
    return pairs;
}

} // namespace

/// Turns the text of each form into a DatabaseUrl. One object per text.
class DatabaseUrlParser
{
public:
    DatabaseUrlParser(QString text, QString folder)
        : m_text(std::move(text))
        , m_folder(std::move(folder))
    {}

    Result<DatabaseUrl> run() const
    {
        static const QRegularExpression withScheme(u"^([A-Za-z][A-Za-z0-9.]*)(?:[+]([A-Za-z0-9_]*))?://"_s);
        static const QRegularExpression withoutSlashes(u"^(sqlite3?|postgres|postgresql)([+]\\w+)?:"_s, QRegularExpression::CaseInsensitiveOption);
        static const QRegularExpression withoutScheme(u"^[A-Za-z0-9_+.%-]+:\\S*@"_s);
        static const QRegularExpression keyword(u"^([a-z_]+)\\s*="_s);

        if (m_text.contains(QChar::Null))
            return invalid(DatabaseurlText::tr("The path or URL contains a zero character."));
        if (!m_text.isValidUtf16())
            return invalid(DatabaseurlText::tr("The path or URL contains half a character; it is no valid Unicode text."));
        const QString trimmed = m_text.trimmed();
        if (trimmed.isEmpty())
            return invalid(DatabaseurlText::tr("The path or URL of the database is empty."));
        if (const auto match = withScheme.match(trimmed); match.hasMatch()) {
            const QString scheme = match.captured(1).toLower();
            const QString rest = trimmed.mid(match.capturedEnd());
            if (scheme == "sqlite"_L1 || scheme == "sqlite3"_L1)
                return sqliteUrl(match.captured(2).toLower(), rest);
            if (scheme == "postgresql"_L1 || scheme == "postgres"_L1)
                return postgresUrl(match.captured(2).toLower(), match.capturedStart(2) >= 0, rest);
            if (scheme == "file"_L1)
                return fileUri(trimmed.mid(5));
            return failure(ErrorCode::Unsupported,
                           DatabaseurlText::tr("Databases of the kind “%1” cannot be opened; give the path of a SQLite file or a URL that begins with "
                                    "sqlite:/// or postgresql://.")
                               .arg(scheme));
        }
        if (trimmed.startsWith("file:"_L1))
            return fileUri(trimmed.mid(5));
        if (trimmed.startsWith("jdbc:"_L1))
            return invalid(DatabaseurlText::tr("Leave out “jdbc:” and write the URL as postgresql://user@host:5432/name or as the path of a SQLite file."));
        if (withoutSlashes.match(trimmed).hasMatch())
            return invalid(DatabaseurlText::tr("After the colon slashes are missing: write sqlite:///relative.db, sqlite:////absolute.db or "
                                    "postgresql://user@host:5432/name."));
        if (const auto match = keyword.match(trimmed); match.hasMatch() && isLibpqKeyword(match.captured(1)))
            return keywordText(trimmed);
        if (trimmed == ":memory:"_L1)
            return inMemory();
        if (trimmed[0].isLetterOrNumber() && withoutScheme.match(trimmed).hasMatch())
            return invalid(DatabaseurlText::tr("This looks like a URL without its beginning: write postgresql:// before it, or ./ if it is the name of a file."));
        return DatabaseUrl::forFile(absolutePath(m_text, m_folder));
    }

private:
    /// `rest` stands after "sqlite://". As in SQLAlchemy, the path is taken as it is, up to a "?".
    Result<DatabaseUrl> sqliteUrl(const QString &driver, const QString &rest) const
    {
        if (driver == "pysqlcipher"_L1)
            return failure(ErrorCode::Unsupported, DatabaseurlText::tr("Encrypted SQLite databases (SQLCipher) cannot be opened."));
        if (rest.startsWith("file:"_L1))
            return fileUri(rest.mid(5));
        if (rest.startsWith("/file:"_L1))
            return fileUri(rest.mid(6));
        const qsizetype question = rest.indexOf(u'?');
        const QString path = question < 0 ? rest : rest.left(question);
        if (path.isEmpty() || path == "/"_L1 || path == "/:memory:"_L1)
            return inMemory();
        if (!path.startsWith(u'/'))
            return invalid(DatabaseurlText::tr("After sqlite:// a third slash is missing: write sqlite:///relative.db or sqlite:////absolute.db."));
        DatabaseUrl url = DatabaseUrl::forFile(absolutePath(path.mid(1), m_folder));
        return withSqliteParameters(std::move(url), question < 0 ? QString() : rest.mid(question + 1), true);
    }

    /// `rest` stands after "file:". As in SQLite, path and parameters are percent-decoded.
    Result<DatabaseUrl> fileUri(const QString &rest) const
    {
        const qsizetype end = std::max<qsizetype>(-1, rest.indexOf(u'#'));
        QString body = end < 0 ? rest : rest.left(end);
        const qsizetype question = body.indexOf(u'?');
        const QString query = question < 0 ? QString() : body.mid(question + 1);
        QString path = question < 0 ? body : body.left(question);
        if (path.startsWith("//"_L1)) {
            const qsizetype slash = path.indexOf(u'/', 2);
            const QString host = path.mid(2, slash < 0 ? -1 : slash - 2);
            if (!host.isEmpty() && host != "localhost"_L1)
                return invalid(DatabaseurlText::tr("A file: URI must name a file of this computer: write file:///path or file:relative.db."));
            path = slash < 0 ? QString() : path.mid(slash);
        }
        if (const QString problem = percentProblem(path, DatabaseurlText::tr("the path"), Percent::Lenient); !problem.isEmpty())
            return invalid(problem);
        path = percentDecoded(path);
        if (path == ":memory:"_L1)
            return inMemory();
        if (path.isEmpty())
            return invalid(DatabaseurlText::tr("The file: URI names no file."));
        return withSqliteParameters(DatabaseUrl::forFile(absolutePath(path, m_folder)), query, false);
    }

    static Result<DatabaseUrl> withSqliteParameters(DatabaseUrl url, const QString &query, bool plusIsSpace)
    {
        static constexpr std::array python{"check_same_thread"_L1, "uri"_L1, "isolation_level"_L1, "detect_types"_L1, "cached_statements"_L1,
                                           "autocommit"_L1, "factory"_L1, "iter_chunk_size"_L1, "cache"_L1, "psow"_L1};
        static constexpr std::array encryption{"key"_L1, "hexkey"_L1, "textkey"_L1, "cipher"_L1, "kdf_iter"_L1, "password"_L1};
        if (const QString problem = percentProblem(query, DatabaseurlText::tr("the parameters"), Percent::Lenient); !problem.isEmpty())
            return invalid(problem);
        const QList<Parameter> items = queryItems(query, plusIsSpace);
        for (const auto &[name, value] : items) {
            if (name == "mode"_L1) {
                if (value == "memory"_L1)
                    return inMemory();
                if (!isOneOf(value, std::array{"ro"_L1, "rw"_L1, "rwc"_L1}))
                    return invalid(DatabaseurlText::tr("The parameter “mode” of a SQLite database must be ro, rw or rwc."));
                url.setParameter(name, value.toLower());
            } else if (name == "timeout"_L1) {
                bool isNumber = false;
                const double seconds = value.toDouble(&isNumber);
                if (!isNumber || !(seconds >= 0 && seconds <= 1e6))
                    return invalid(DatabaseurlText::tr("The parameter “timeout” of a SQLite database must be a number of seconds."));
                url.setParameter(name, value);
            } else if (name == "immutable"_L1 || name == "nolock"_L1) {
                if (isOneOf(value, std::array{"1"_L1, "true"_L1, "yes"_L1, "on"_L1}))
                    url.setParameter(name, u"1"_s);
                else if (!isOneOf(value, std::array{"0"_L1, "false"_L1, "no"_L1, "off"_L1}))
                    return invalid(DatabaseurlText::tr("The parameter “%1” of a SQLite database must be 0 or 1.").arg(name));
            } else if (isOneOf(name, encryption)) {
                return failure(ErrorCode::Unsupported, DatabaseurlText::tr("Encrypted SQLite databases cannot be opened."));
            } else if (!isOneOf(name, python)) {
                return invalid(DatabaseurlText::tr("A SQLite database has no parameter “%1”; known are mode, timeout, immutable and nolock. "
                                        "A ? in a file name: give the path alone, without sqlite://.")
                                   .arg(name.left(60)));
            }
        }
        return url;
    }

    /// `rest` stands after "postgresql://".
    static Result<DatabaseUrl> postgresUrl(const QString &driver, bool dialect, const QString &rest)
    {
        if (const QString problem = authorityProblem(rest); !problem.isEmpty())
            return invalid(problem);
        const qsizetype at = std::max<qsizetype>(0, rest.indexOf(u'@'));
        const qsizetype slash = rest.indexOf(u'/');
        const qsizetype question = rest.indexOf(u'?', slash >= 0 && slash < at ? slash : at);
        const QString query = question < 0 ? QString() : rest.mid(question + 1);
        if (const QString problem = percentProblem(query, DatabaseurlText::tr("the parameters"), Percent::Strict); !problem.isEmpty())
            return invalid(problem);
        bool afterSecret = false;
        for (QStringView item : QStringView(query).split(u'&', Qt::SkipEmptyParts)) {
            const qsizetype equals = item.indexOf(u'=');
            if (equals < 0 || item.indexOf(u'=', equals + 1) >= 0)
                return invalid(afterSecret ? DatabaseurlText::tr("After the password a parameter is malformed; in a password & must be written as %26 and = as %3D.")
                                           : DatabaseurlText::tr("Each parameter after ? must be written name=value, with & between them; in a value & must be "
                                                      "written as %26 and = as %3D."));
            afterSecret = afterSecret || isSecret(percentDecoded(item.left(equals)));
        }

        QList<Parameter> items = queryItems(query, dialect);
        if (dialect)
            items = libpqWords(driver, items);
        joinRepeatedHosts(items);
        QStringList encoded;
        afterSecret = false;
        for (const auto &[name, value] : std::as_const(items)) {
            if (!isLibpqKeyword(name) && !(name == "ssl"_L1 && value == "true"_L1)) // the one alias that libpq has
                return unknownParameter(name, afterSecret);
            afterSecret = afterSecret || isSecret(name);
            encoded.append(percentEncoded(name, Encode::Everything) + u'=' + percentEncoded(value, Encode::Everything));
        }
        const QString libpqUrl = "postgresql://"_L1 + (question < 0 ? rest : rest.left(question)) + (encoded.isEmpty() ? ""_L1 : "?"_L1) + encoded.join(u'&');
        return fromLibpq(libpqUrl.toUtf8(), emptyPostgres());
    }

    /// libpq's `keyword=value keyword='value'`.
    static Result<DatabaseUrl> keywordText(const QString &text)
    {
        static const QRegularExpression setting(u"\\G\\s*([^\\s=]+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|(?:[^\\s'\\\\]|\\\\.)(?:[^\\s\\\\]|\\\\.)*|)"_s,
                                                QRegularExpression::DotMatchesEverythingOption);
        bool afterSecret = false;
        qsizetype end = 0;
        for (auto match = setting.match(text); match.hasMatch() && end < text.size(); match = setting.match(text, end)) {
            if (!isLibpqKeyword(match.captured(1))) {
                if (afterSecret)
                    return invalid(DatabaseurlText::tr("After the password there is a parameter that PostgreSQL's client library does not know. "
                                            "A value with spaces must stand in single quotes."));
                return unknownParameter(match.captured(1), false);
            }
            afterSecret = afterSecret || isSecret(match.captured(1));
            end = match.capturedEnd();
        }
        const Result<DatabaseUrl> url = fromLibpq(text.toUtf8(), emptyPostgres());
        if (!url && url.error().message == DatabaseurlText::tr("PostgreSQL's client library cannot read this connection text."))
            return invalid(DatabaseurlText::tr("The connection text must be keyword=value pairs with spaces between them; a value with spaces must stand in "
                                    "single quotes, and \\' and \\\\ stand for ' and \\ in it."));
        return url;
    }

    static DatabaseUrl emptyPostgres();

    const QString m_text;
    const QString m_folder;
};

DatabaseUrl DatabaseUrlParser::emptyPostgres()
{
    return DatabaseUrl::forServer({});
}

Result<DatabaseUrl> DatabaseUrl::parse(const QString &text)
{
    return parse(text, QDir::currentPath());
}

Result<DatabaseUrl> DatabaseUrl::parse(const QString &text, const QString &folder)
{
    return DatabaseUrlParser(text, folder).run();
}

DatabaseUrl DatabaseUrl::forFile(const QString &path)
{
    DatabaseUrl url;
    url.m_filePath = absolutePath(path, QDir::currentPath());
    return url;
}

DatabaseUrl DatabaseUrl::forServer(const QList<Parameter> &parameters)
{
    DatabaseUrl url;
    url.m_engine = Engine::PostgreSql;
    for (const auto &[keyword, value] : parameters)
        url.setParameter(keyword, value);
    return url;
}

Result<DatabaseUrl> DatabaseUrl::fromEnvFile(const QString &path)
{
    const Result<EnvFile> env = EnvFile::read(path);
    if (!env)
        return failure(env);
    const auto inFile = [&env](const QString &key, const QString &message) {
        return DatabaseurlText::tr("%1, line %2: %3: %4").arg(env->name(), QString::number(env->line(key)), key, message);
    };

    for (const QString &key : {u"DATABASE_URL"_s, u"CONSENSUS_ENGINE_DB_URL"_s}) {
        const Result<QString> text = env->value(key);
        if (!text)
            return failure(text);
        if (text->trimmed().isEmpty())
            continue;
        Result<DatabaseUrl> url = parse(*text, QFileInfo(path).absolutePath());
        if (!url)
            return failure(url.error().code, inFile(key, url.error().message), url.error().detail);
        return url;
    }

    static constexpr std::array settings{std::pair{"DB_HOST"_L1, "host"_L1}, std::pair{"DB_PORT"_L1, "port"_L1}, std::pair{"DB_NAME"_L1, "dbname"_L1},
                                         std::pair{"DB_USER"_L1, "user"_L1}, std::pair{"DB_PASSWORD"_L1, "password"_L1}};
    DatabaseUrl url = forServer({});
    QString firstKey;
    for (const auto &[key, keyword] : settings) {
        const Result<QString> value = env->value(key);
        if (!value)
            return failure(value);
        if (firstKey.isEmpty() && !value->isEmpty())
            firstKey = key;
        url.setParameter(keyword, *value);
    }
    if (firstKey.isEmpty())
        return failure(ErrorCode::NotFound,
                       DatabaseurlText::tr("%1 names no database: it sets neither DATABASE_URL nor CONSENSUS_ENGINE_DB_URL nor DB_NAME.").arg(env->name()));
    if (url.parameter(u"dbname"_s).isEmpty())
        return invalid(inFile(firstKey, DatabaseurlText::tr("DB_NAME is missing.")));
    if (url.parameter(u"host"_s).isEmpty())
        url.setParameter(u"host"_s, u"localhost"_s);
    if (const QString problem = parameterProblem(url); !problem.isEmpty())
        return invalid(inFile(url.parameter(u"port"_s).isEmpty() ? firstKey : u"DB_PORT"_s, problem));
    return url;
}

QString DatabaseUrl::parameter(const QString &keyword) const
{
    const auto found = std::find_if(m_parameters.cbegin(), m_parameters.cend(), [&](const Parameter &p) { return p.first == keyword; });
    return found == m_parameters.cend() ? QString() : found->second;
}

void DatabaseUrl::setParameter(const QString &keyword, const QString &value)
{
    if (keyword == "password"_L1) {
        m_password = value;
        return;
    }
    const auto found = std::find_if(m_parameters.begin(), m_parameters.end(), [&](const Parameter &p) { return p.first == keyword; });
    if (value.isEmpty()) {
        if (found != m_parameters.end())
            m_parameters.erase(found);
    } else if (found != m_parameters.end()) {
        found->second = value;
    } else {
        m_parameters.append({keyword, value});
    }
}

namespace {

QString serverUrl(const DatabaseUrl &url, Encode how, bool withSecrets)
{
    const QList<Parameter> pairs = hostPairs(url, {});
    // Sockets are named by a path, which only fits behind the question mark; so does a list of
    // ports that belongs to addresses.
    const bool hostsFit = url.parameter(u"hostaddr"_s).isEmpty()
        && std::none_of(pairs.cbegin(), pairs.cend(), [](const Parameter &pair) { return pair.first.startsWith(u'/') || pair.first.startsWith(u'@'); });

    QString text = u"postgresql://"_s;
    const QString user = url.parameter(u"user"_s);
    const bool withPassword = withSecrets && !url.password().isEmpty();
    if (!user.isEmpty() || withPassword)
        text += percentEncoded(user, how) + (withPassword ? u':' + percentEncoded(url.password(), how) : QString()) + u'@';
    QStringList query;
    if (hostsFit) {
        QStringList hosts;
        for (const auto &[host, port] : pairs) {
            const QString name = host.contains(u':') ? u'[' + percentEncoded(host, how, ":"_L1) + u']' : percentEncoded(host, how);
            hosts.append(port.isEmpty() ? name : name + u':' + port);
        }
        text += hosts.join(u',');
    }
    if (!url.parameter(u"dbname"_s).isEmpty())
        text += u'/' + percentEncoded(url.parameter(u"dbname"_s), how);
    for (const auto &[keyword, value] : url.parameters()) {
        const bool inAuthority = keyword == "user"_L1 || keyword == "dbname"_L1 || (hostsFit && (keyword == "host"_L1 || keyword == "port"_L1));
        if (!inAuthority && (withSecrets || !isSecret(keyword)))
            query.append(keyword + u'=' + percentEncoded(value, how, "/,:"_L1));
    }
    return query.isEmpty() ? text : text + u'?' + query.join(u'&');
}

} // namespace

DatabaseUrl DatabaseUrl::withoutSecrets() const
{
    DatabaseUrl url = *this;
    url.m_password.clear();
    url.m_parameters.removeIf([](const Parameter &parameter) { return isSecret(parameter.first); });
    return url;
}

QString DatabaseUrl::displayText() const
{
    return m_engine == Engine::Sqlite ? QDir::toNativeSeparators(m_filePath) : serverUrl(*this, Encode::ForReading, false);
}

QString DatabaseUrl::identity() const
{
    if (m_engine == Engine::Sqlite) {
        const QFileInfo info(m_filePath);
        const QString canonical = info.canonicalFilePath();
        if (!canonical.isEmpty())
            return canonical;
        const QString folder = QFileInfo(info.path()).canonicalFilePath();
        return folder.isEmpty() ? QDir::cleanPath(m_filePath) : QDir(folder).filePath(info.fileName());
    }
    // How the place is reached (encryption, timeouts, the program's name) does not make it another.
    QStringList hosts;
    QStringList ports;
    for (const auto &[host, port] : hostPairs(*this, u"5432"_s)) {
        hosts.append(host.startsWith(u'/') || host.startsWith(u'@') ? host : host.toLower());
        ports.append(port);
    }
    DatabaseUrl normalised = forServer({{u"host"_s, hosts.join(u',')}, {u"port"_s, ports.join(u',')}});
    for (const QString &keyword : {u"dbname"_s, u"hostaddr"_s, u"options"_s, u"replication"_s, u"service"_s, u"target_session_attrs"_s, u"user"_s})
        normalised.setParameter(keyword, parameter(keyword));
    return serverUrl(normalised, Encode::Everything, false);
}

QString DatabaseUrl::toUrlWithSecrets() const
{
    if (m_engine == Engine::PostgreSql)
        return serverUrl(*this, Encode::Everything, true);
    QStringList query;
    bool needsUri = m_filePath.contains(u'?') || m_filePath.trimmed() != m_filePath;
    for (const auto &[keyword, value] : m_parameters) {
        query.append(keyword + u'=' + percentEncoded(value, Encode::Everything));
        needsUri = needsUri || keyword != "timeout"_L1;
    }
    if (needsUri)
        query.append(u"uri=true"_s);
    const QString path = needsUri ? "file://"_L1 + percentEncoded(m_filePath, Encode::Everything, "/:"_L1) : m_filePath;
    return "sqlite:///"_L1 + path + (query.isEmpty() ? ""_L1 : "?"_L1) + query.join(u'&');
}

} // namespace turnstone
