// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/pricelist.h"

#include "resources/prices/priceresources.h"

#include <QCoreApplication>
#include <QDate>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
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

/// Whether a name is what a pattern with * and ? says, whatever the case of its letters.
bool matches(QStringView pattern, QStringView model)
{
    const auto same = [](QChar a, QChar b) { return a == b || a.toCaseFolded() == b.toCaseFolded(); };
    qsizetype p = 0;
    qsizetype m = 0;
    qsizetype star = -1;
    qsizetype mark = 0;
    while (m < model.size()) {
        if (p < pattern.size() && pattern[p] == u'*') {
            star = p++;
            mark = m;
        } else if (p < pattern.size() && (pattern[p] == u'?' || same(pattern[p], model[m]))) {
            ++p;
            ++m;
        } else if (star >= 0) { // the last star takes one more
            p = star + 1;
            m = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == u'*')
        ++p;
    return p == pattern.size();
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
    PriceList list;
    int number = 0;
    const auto take = [&](const QJsonObject &entry, const QString &source) -> Result<> {
        ++number;
        if (!entry.value(u"input"_s).isDouble() || !entry.value(u"output"_s).isDouble())
            return failure(ErrorCode::InvalidInput, translated("Price %1 of the list has no numbers for input and output.").arg(number));
        QStringList models;
        for (const QJsonValue &model : entry.value(u"models"_s).toArray())
            models.append(model.toString());
        if (models.isEmpty())
            models.append(entry.value(u"model"_s).toString());
        for (const QString &model : models) {
            ModelPrice price{model, entry.value(u"from"_s).toString(), entry.value(u"input"_s).toDouble(), entry.value(u"output"_s).toDouble()};
            if (const QString mistake = mistakeIn(price); !mistake.isEmpty())
                return failure(ErrorCode::InvalidInput, translated("Price %1 of the list cannot be used. %2").arg(number).arg(mistake));
            list.m_prices.push_back(std::move(price));
            list.m_sources.push_back(source);
        }
        return {};
    };
    QJsonArray lists = document.object().value(u"lists"_s).toArray();
    lists.append(document.object());
    for (const QJsonValue &each : lists) {
        const QString source = each.toObject().value(u"source"_s).toString();
        for (const QJsonValue &entry : each.toObject().value(u"prices"_s).toArray()) {
            if (const Result<> taken = take(entry.toObject(), source); !taken)
                return failure(taken);
        }
    }
    list.m_layers = {list.m_prices.size()};
    return list;
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

QString PriceList::pathBeside(const QString &settingsFile)
{
    return settingsFile.section(u'/', 0, -2) + u"/prices.json"_s;
}

const PriceList &PriceList::builtIn()
{
    static const PriceList list = [] {
        registerPriceResources();
        const Result<PriceList> read = PriceList::read(u":/prices/prices.json"_s);
        Q_ASSERT(read);
        return read.value_or(PriceList());
    }();
    return list;
}

void PriceList::addLayer(const PriceList &list)
{
    m_sources.resize(m_prices.size());
    m_prices.insert(m_prices.end(), list.m_prices.begin(), list.m_prices.end());
    m_sources.insert(m_sources.end(), list.m_sources.begin(), list.m_sources.end());
    m_layers.push_back(m_prices.size());
}

PriceList PriceList::merged(const PriceList &user, const std::vector<ModelPrice> &profile)
{
    PriceList list;
    list.addLayer(user);
    list.addLayer(PriceList(profile));
    return list;
}

Result<PriceList> PriceList::inUse(const QString &path, const std::vector<ModelPrice> &profile)
{
    const Result<PriceList> user = read(path);
    if (!user)
        return failure(user);
    PriceList list = merged(*user, profile);
    list.addLayer(builtIn());
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
    const ModelPrice *price = nullptr;
    std::size_t first = 0;
    for (std::size_t layer = 0; price == nullptr && !model.isEmpty() && layer < m_layers.size(); ++layer) {
        price = priceIn(first, m_layers[layer], model, day);
        first = m_layers[layer];
    }
    return price;
}

double costOf(const ModelPrice &price, double tokensIn, double tokensOut)
{
    constexpr double tokensOfAPrice = 1e6;
    return (tokensIn * price.input + tokensOut * price.output) / tokensOfAPrice;
}

} // namespace turnstone
