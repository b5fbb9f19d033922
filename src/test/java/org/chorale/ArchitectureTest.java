package org.chorale;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of dependencies, as docs/architecture.md draws it. */
@AnalyzeClasses(packages = "org.chorale", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule DEPENDENCIES_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("cli")
          .definedBy("org.chorale.cli..")
          .layer("batch")
          .definedBy("org.chorale.batch..")
          .layer("service")
          .definedBy("org.chorale.service..")
          .layer("client")
          .definedBy("org.chorale.client..")
          .layer("session")
          .definedBy("org.chorale.session..")
          .layer("engine")
          .definedBy("org.chorale.engine..")
          .layer("lyrics")
          .definedBy("org.chorale.lyrics..")
          .layer("follow")
          .definedBy("org.chorale.follow..")
          .layer("synth")
          .definedBy("org.chorale.synth..")
          .layer("evaluation")
          .definedBy("org.chorale.evaluation..")
          .layer("picture")
          .definedBy("org.chorale.picture..")
          .layer("export")
          .definedBy("org.chorale.export..")
          .layer("subtitle")
          .definedBy("org.chorale.subtitle..")
          .layer("syllable")
          .definedBy("org.chorale.syllable..")
          .layer("melody")
          .definedBy("org.chorale.melody..")
          .layer("align")
          .definedBy("org.chorale.align..")
          .layer("pronunciation")
          .definedBy("org.chorale.pronunciation..")
          .layer("spelling")
          .definedBy("org.chorale.spelling..")
          .layer("acoustic")
          .definedBy("org.chorale.acoustic..")
          .layer("dsp")
          .definedBy("org.chorale.dsp..")
          .layer("onnx")
          .definedBy("org.chorale.onnx..")
          .layer("model")
          .definedBy("org.chorale.model..")
          .layer("text")
          .definedBy("org.chorale.text..")
          .layer("audio")
          .definedBy("org.chorale.audio..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("batch")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("service")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("client")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("session")
          .mayOnlyBeAccessedByLayers("cli", "service")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("cli", "batch", "service", "session")
          .whereLayer("lyrics")
          .mayOnlyBeAccessedByLayers("engine")
          .whereLayer("follow")
          .mayOnlyBeAccessedByLayers("cli", "engine", "session")
          .whereLayer("synth")
          .mayOnlyBeAccessedByLayers("cli", "engine", "service")
          .whereLayer("evaluation")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("picture")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("export")
          .mayOnlyBeAccessedByLayers("cli", "batch", "service", "engine")
          .whereLayer("pronunciation")
          .mayOnlyBeAccessedByLayers("cli", "synth", "service", "engine")
          .whereLayer("spelling")
          .mayOnlyBeAccessedByLayers("engine")
          .whereLayer("subtitle")
          .mayOnlyBeAccessedByLayers("cli", "export", "picture")
          .whereLayer("melody")
          .mayOnlyBeAccessedByLayers("cli", "engine", "export", "picture")
          .whereLayer("syllable")
          .mayOnlyBeAccessedByLayers("cli", "engine", "export", "picture", "melody")
          .whereLayer("dsp")
          .mayOnlyBeAccessedByLayers("acoustic", "picture")
          .whereLayer("align")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "synth",
              "batch",
              "service",
              "session",
              "engine",
              "evaluation",
              "picture",
              "export",
              "subtitle",
              "syllable",
              "lyrics",
              "follow")
          .whereLayer("acoustic")
          .mayOnlyBeAccessedByLayers("cli", "synth", "engine", "align", "lyrics", "session")
          .whereLayer("onnx")
          .mayOnlyBeAccessedByLayers(
              "cli", "synth", "batch", "service", "engine", "acoustic", "pronunciation")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "synth",
              "batch",
              "service",
              "session",
              "engine",
              "onnx",
              "acoustic",
              "pronunciation")
          .whereLayer("text")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "synth",
              "batch",
              "service",
              "session",
              "engine",
              "align",
              "pronunciation",
              "export",
              "lyrics",
              "follow")
          .whereLayer("audio")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "synth",
              "batch",
              "service",
              "session",
              "engine",
              "acoustic",
              "picture",
              "melody");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.chorale.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_ONNX_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.chorale.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_FFMPEG =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.chorale.audio..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule AKKA_STAYS_ABOVE_THE_ENGINE =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.chorale.batch..",
              "org.chorale.service..",
              "org.chorale.session..",
              "org.chorale.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("akka..");

  @ArchTest
  static final ArchRule SESSIONS_DO_NOT_KNOW_HOW_A_CLUSTER_KEEPS_THEM =
      noClasses()
          .that()
          .resideInAPackage("org.chorale.session")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.chorale.session.cluster..", "akka.cluster..");

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_TARSOS =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.chorale.melody..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("be.tarsos..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_PRINTS_AND_EXITS =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.chorale.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(System.class, "exit", int.class);
}
