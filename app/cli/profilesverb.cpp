// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/profilesverb.h"

#include "app/cli/recogniser.h"
#include "models/core/jsonwriter.h"
#include "models/profiles/profileloader.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct ProfilesverbText
{
    Q_DECLARE_TR_FUNCTIONS(ProfilesVerb)
};

} // namespace

void ProfilesVerb::declare(CLI::App &command)
{
    command.add_option("WHAT", m_what, "check")->check(CLI::IsMember({"check"}));
    command.add_option("FILE", m_file, "The profile to check");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<> ProfilesVerb::check(VerbContext &context)
{
    if (m_file.empty())
        return failure(ErrorCode::InvalidInput, ProfilesverbText::tr("check needs the file to check"));
    const QString path = QString::fromStdString(m_file);
    if (!QFileInfo(path).isFile())
        return failure(ErrorCode::NotFound, ProfilesverbText::tr("there is no file \"%1\"").arg(path));
    const auto loaded = ProfileLoader::loadFile(path);
    QByteArray out;
    if (m_json) {
        JsonWriter json(out, 2);
        json.beginObject();
        json.key(u"file");
        json.string(path);
        json.key(u"problems");
        json.beginArray();
        if (!loaded) {
            for (const ProfileProblem &problem : loaded.error()) {
                json.beginObject();
                json.key(u"line");
                json.integer(problem.line);
                json.key(u"column");
                json.integer(problem.column);
                json.key(u"path");
                json.string(problem.path);
                json.key(u"reason");
                json.string(problem.reason);
                json.endObject();
            }
        }
        json.endArray();
        json.endObject();
        out += '\n';
    } else if (loaded) {
        out = ProfilesverbText::tr("%1: profile %2, %n variant(s), no mistakes", nullptr, static_cast<int>(loaded->variants().size()))
                  .arg(path, loaded->id()).toUtf8() + '\n';
    } else {
        for (const ProfileProblem &problem : loaded.error())
            out += problem.toText().toUtf8() + '\n';
    }
    m_exitCode = loaded ? 0 : 1;
    return context.streams.out(out);
}

Result<> ProfilesVerb::run(VerbContext &context)
{
    if (m_what == "check")
        return check(context);
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    QByteArray out;
    if (m_json) {
        JsonWriter json(out, 2);
        json.beginArray();
        for (const auto &profile : registry.profiles()) {
            json.beginObject();
            json.key(u"id");
            json.string(profile->id());
            json.key(u"title");
            json.string(profile->title());
            json.key(u"variants");
            json.beginArray();
            for (const ProfileVariant &variant : profile->variants())
                json.string(variant.id);
            json.endArray();
            json.key(u"source");
            json.string(profile->isBuiltIn() ? u"built-in"_s : profile->source());
            json.endObject();
        }
        json.endArray();
        out += '\n';
    } else {
        for (const auto &profile : registry.profiles()) {
            QStringList variants;
            for (const ProfileVariant &variant : profile->variants())
                variants.append(variant.id);
            out += profile->id().leftJustified(20).toUtf8() + ' ' + profile->title().leftJustified(32).toUtf8() + ' ' + variants.join(u", "_s).toUtf8()
                   + (profile->isBuiltIn() ? QByteArray() : "  (" + profile->source().toUtf8() + ')') + '\n';
        }
    }
    return context.streams.out(out);
}

} // namespace turnstone::cli
