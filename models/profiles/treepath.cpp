// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/treepath.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QUrl>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("TreePath", text);
}

QString encoded(const QString &text)
{
    // An empty key would vanish from the path; a NUL cannot be in a key, so its code stands for it.
    if (text.isEmpty())
        return u"%00"_s;
    return QString::fromLatin1(QUrl::toPercentEncoding(text, " :@'()+!$&*=;"_ba));
}

std::optional<QString> decoded(const QString &text)
{
    static const QRegularExpression broken(u"%(?![0-9A-Fa-f]{2})"_s);
    if (broken.match(text).hasMatch())
        return {};
    if (text == u"%00")
        return QString(u""_s);
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8()));
}

} // namespace

Result<TreePath> TreePath::parse(const QString &text)
{
    TreePath path;
    QString rest = text.trimmed();
    while (rest.startsWith(u'/'))
        rest.remove(0, 1);
    while (rest.endsWith(u'/'))
        rest.chop(1);
    if (rest.isEmpty())
        return path;
    const QStringList words = rest.split(u'/');
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString word = words[i].trimmed();
        if (word.isEmpty())
            return failure(ErrorCode::InvalidInput, tr("The path \"%1\" has an empty part.").arg(text));
        if (i % 2 == 0) {
            const std::optional<QString> id = decoded(word.section(u'?', 0, 0));
            const std::optional<QString> folder = decoded(word.section(u'?', 1));
            if (!id || !folder)
                return failure(ErrorCode::InvalidInput, tr("\"%1\" in the path is not percent-encoded correctly.").arg(word));
            path.m_steps.push_back({*id, {}});
            if (word.contains(u'?'))
                path.m_steps.back().folder = *folder;
            continue;
        }
        const QStringList parts = word.split(u',');
        for (const QString &part : parts) {
            const std::optional<QString> value = decoded(part);
            if (!value)
                return failure(ErrorCode::InvalidInput, tr("\"%1\" in the path is not percent-encoded correctly.").arg(word));
            path.m_steps.back().key.append(*value);
        }
    }
    return path;
}

QString TreePath::toString() const
{
    QStringList words;
    for (const Step &step : m_steps) {
        words.append(encoded(step.group) + (step.folder ? u'?' + encoded(*step.folder) : QString()));
        if (step.key.isEmpty())
            continue;
        QStringList parts;
        for (const QString &value : step.key)
            parts.append(encoded(value));
        words.append(parts.join(u','));
    }
    return words.join(u'/');
}

TreePath TreePath::group(const QString &id) const
{
    TreePath path = *this;
    path.m_steps.push_back({id, {}});
    return path;
}

TreePath TreePath::inFolder(const QString &folder) const
{
    TreePath path = *this;
    if (!path.m_steps.empty())
        path.m_steps.back().folder = folder;
    return path;
}

TreePath TreePath::row(const QStringList &key) const
{
    TreePath path = *this;
    if (!path.m_steps.empty())
        path.m_steps.back().key = key;
    return path;
}

TreePath TreePath::parent() const
{
    TreePath path = *this;
    if (path.isRow())
        path.m_steps.back().key.clear();
    else if (!path.m_steps.empty())
        path.m_steps.pop_back();
    return path;
}

QString TreePath::keyText(const ValueRef &value)
{
    return Value(value).toDisplayText();
}

Value TreePath::keyValue(const QString &text)
{
    static const QRegularExpression blob(u"^x'((?:[0-9A-Fa-f]{2})*)'$"_s);
    if (const QRegularExpressionMatch match = blob.match(text); match.hasMatch())
        return Value::blob(QByteArray::fromHex(match.captured(1).toLatin1()));
    return Value::text(QStringView(text));
}

} // namespace turnstone
