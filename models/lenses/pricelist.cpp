// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/pricelist.h"

#include <QCoreApplication>
#include <QDate>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSaveFile>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largestFile = 4 * 1024 * 1024;

QString translated(const char *text)
{
    return QCoreApplication::translate("PriceList", text);
}

bool matches(const QString &pattern, const QString &model)
{
    if (!pattern.contains(u'*') && !pattern.contains(u'?'))
        return pattern.compare(model, Qt::CaseInsensitive) == 0;
    QString expression = QRegularExpression::escape(pattern);
    expression.replace(u"\\*"_s, u".*"_s).replace(u"\\?"_s, u"."_s);
    return QRegularExpression(QRegularExpression::anchoredPattern(expression), QRegularExpression::CaseInsensitiveOption).match(model).hasMatch();
}

qsizetype closeness(const QString &pattern)
{
    return pattern.size() - pattern.count(u'*') * 2 + (pattern.contains(u'*') || pattern.contains(u'?') ? 0 : 1'000);
}

} // namespace

QString PriceList::mistakeIn(const ModelPrice &price)
{
    if (price.model.trimmed().isEmpty())
        return translated("A price needs the name of a model, or a pattern such as gpt-4o*.");
    if (!price.from.isEmpty() && !QDate::fromString(price.from, Qt::ISODate).isValid())
        return translated("\"%1\" is no day such as 2025-01-31.").arg(price.from);
    if (!std::isfinite(price.input) || !std::isfinite(price.output) || price.input < 0 || price.output < 0)
        return translated("A price of %1 is no number from 0 up.").arg(price.model);
    return {};
}

Result<PriceList> PriceList::parse(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        return failure(ErrorCode::InvalidInput, translated("The price list is no JSON."), error.errorString());
    std::vector<ModelPrice> prices;
    for (const QJsonValue &each : document.object().value(u"prices"_s).toArray()) {
        const QJsonObject entry = each.toObject();
        if (!entry.value(u"input"_s).isDouble() || !entry.value(u"output"_s).isDouble())
            return failure(ErrorCode::InvalidInput, translated("Price %1 of the list has no numbers for input and output.").arg(prices.size() + 1));
        ModelPrice price{entry.value(u"model"_s).toString(), entry.value(u"from"_s).toString(), entry.value(u"input"_s).toDouble(), entry.value(u"output"_s).toDouble()};
        if (const QString mistake = mistakeIn(price); !mistake.isEmpty())
            return failure(ErrorCode::InvalidInput, translated("Price %1 of the list cannot be used. %2").arg(prices.size() + 1).arg(mistake));
        prices.push_back(std::move(price));
    }
    return PriceList(std::move(prices));
}

QByteArray PriceList::toJson() const
{
    QJsonArray array;
    for (const ModelPrice &price : m_prices)
        array.append(QJsonObject{{u"model"_s, price.model}, {u"from"_s, price.from}, {u"input"_s, price.input}, {u"output"_s, price.output}});
    return QJsonDocument(QJsonObject{{u"about"_s, translated("US dollars for a million tokens, from a day on. The closest pattern wins.")}, {u"prices"_s, array}}).toJson();
}

Result<PriceList> PriceList::read(const QString &path)
{
    QFile file(path);
    if (path.isEmpty() || !file.exists())
        return PriceList();
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestFile)
        return failure(ErrorCode::Io, translated("The price list %1 cannot be read.").arg(path), file.errorString());
    Result<PriceList> list = parse(file.readAll());
    if (!list)
        return failure(list.error().code, list.error().message, path + u": "_s + list.error().detail);
    return list;
}

Result<> PriceList::write(const QString &path) const
{
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    const QByteArray json = toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        return failure(ErrorCode::Io, translated("The price list %1 cannot be written.").arg(path), file.errorString());
    return {};
}

PriceList PriceList::merged(const PriceList &user, const std::vector<ModelPrice> &profile)
{
    PriceList list(user.m_prices);
    list.m_userCount = user.m_prices.size();
    list.m_prices.insert(list.m_prices.end(), profile.begin(), profile.end());
    return list;
}

const ModelPrice *PriceList::priceIn(std::size_t first, std::size_t last, const QString &model, const QString &day) const
{
    const ModelPrice *best = nullptr;
    for (std::size_t i = first; i < last; ++i) {
        const ModelPrice &price = m_prices[i];
        if ((!day.isEmpty() && price.from > day) || !matches(price.model, model))
            continue;
        if (best == nullptr || closeness(price.model) > closeness(best->model) || (closeness(price.model) == closeness(best->model) && price.from > best->from))
            best = &price;
    }
    return best;
}

const ModelPrice *PriceList::priceOf(const QString &model, const QString &day) const
{
    if (model.isEmpty())
        return nullptr;
    const ModelPrice *users = priceIn(0, m_userCount, model, day);
    return users != nullptr ? users : priceIn(m_userCount, m_prices.size(), model, day);
}

} // namespace turnstone
